import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClassroomRealtime } from './constructs/classroom-realtime.ts';
import type { ClassroomRealtimeProps } from './options.ts';

/** The backend as a stack of its own, with what an app has to know as outputs. */
export class ClassroomStack extends Stack {
  readonly backend: ClassroomRealtime;

  constructor(scope: Construct, id: string, props: ClassroomRealtimeProps & StackProps = {}) {
    super(scope, id, props);
    this.backend = new ClassroomRealtime(this, 'Backend', props);
    const { url, jwtSecret } = this.backend;
    new CfnOutput(this, 'Url', { value: url, description: 'Where clients connect' });
    if (jwtSecret) {
      const description = 'Secrets Manager has here what your own backend signs tokens with';
      new CfnOutput(this, 'JwtSecretArn', { value: jwtSecret.secretArn, description });
    }
  }
}
