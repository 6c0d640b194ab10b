import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function } from 'aws-cdk-lib/aws-lambda';

/** Where posts to the clients go. */
export interface Callback {
  readonly apiId: string;
  readonly stageName: string;
}

/** Lets a function call `@connections` of an API by these HTTP methods. */
export function allowSockets(
  made: Function,
  { apiId, stageName }: Callback,
  methods: readonly string[],
): void {
  if (methods.length === 0) return;
  const stack = Stack.of(made);
  const resources = methods.map((method) =>
    stack.formatArn({
      service: 'execute-api',
      resource: apiId,
      resourceName: `${stageName}/${method}/@connections/*`,
    }),
  );
  made.addToRolePolicy(new PolicyStatement({ actions: ['execute-api:ManageConnections'], resources }));
  for (const arn of resources) acknowledgeConnections(made, arn);
}

/** Connections come and go by the second: no policy can name them. */
function acknowledgeConnections(made: Function, arn: string): void {
  const resolved = Stack.of(made).resolve(arn) as { 'Fn::Join': [string, (string | { Ref: string })[]] };
  const [, parts] = resolved['Fn::Join'];
  const text = parts.map((part) => (typeof part === 'string' ? part : `<${part.Ref}>`)).join('');
  if (!made.role) return;
  Validations.of(made.role).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${text}]`,
    reason: 'Connections have no name before they are made.',
  });
}
