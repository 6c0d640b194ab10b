import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ClassroomRealtime } from './constructs/classroom-realtime.ts';
import type { ClassroomRealtimeProps } from './options.ts';

export interface ClassroomStackProps extends ClassroomRealtimeProps, StackProps {
  /** An `alarmTopic` that is known by its ARN alone. @default none */
  readonly alarmTopicArn?: string;
}

/** The backend as a stack of its own, with what an app has to know as outputs. */
export class ClassroomStack extends Stack {
  readonly backend: ClassroomRealtime;

  constructor(scope: Construct, id: string, { alarmTopicArn, ...props }: ClassroomStackProps = {}) {
    super(scope, id, props);
    this.backend = new ClassroomRealtime(this, 'Backend', {
      ...(alarmTopicArn === undefined
        ? {}
        : { alarmTopic: Topic.fromTopicArn(this, 'Alarms', alarmTopicArn) }),
      ...props,
    });
    const { url, jwtSecret, dashboard, operator } = this.backend;
    new CfnOutput(this, 'Url', { value: url, description: 'Where clients connect' });
    new CfnOutput(this, 'DashboardName', { value: dashboard.dashboardName, description: 'In CloudWatch' });
    if (operator) {
      const description = 'For chalkline-server export, erase and goaway: --function';
      new CfnOutput(this, 'OperatorFunctionName', { value: operator.functionName, description });
    }
    if (jwtSecret) {
      const description = 'Secrets Manager has here what your own backend signs tokens with';
      new CfnOutput(this, 'JwtSecretArn', { value: jwtSecret.secretArn, description });
    }
  }
}
