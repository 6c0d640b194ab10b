import { Stack } from 'aws-cdk-lib';
import { CfnVPCEndpoint, type IVpc } from 'aws-cdk-lib/aws-ec2';
import type { Construct, IConstruct } from 'constructs';

/**
 * Refuses, at synthesis, an interface endpoint for execute-api with private DNS in the same VPC: it takes over the name of
 * every API, serves private REST APIs only, and answers each post to a client with 403.
 */
export function refuseApiEndpoints(scope: Construct, vpc: IVpc): void {
  scope.node.addValidation({
    validate: () =>
      scope.node.root.node
        .findAll()
        .filter((construct) => isApiEndpoint(construct, vpc))
        .map(
          ({ node: { path } }) =>
            `unable to reach clients; ${path} is an execute-api endpoint with private DNS in the functions' VPC. Set privateDnsEnabled: false, or give it another VPC`,
        ),
  });
}

function isApiEndpoint(construct: IConstruct, vpc: IVpc): boolean {
  if (!(construct instanceof CfnVPCEndpoint) || construct.vpcEndpointType !== 'Interface') return false;
  const stack = Stack.of(construct);
  // The name holds the region, which may be known only when it is deployed.
  return (
    JSON.stringify(stack.resolve(construct.serviceName)).includes('execute-api') &&
    construct.privateDnsEnabled !== false &&
    JSON.stringify(stack.resolve(construct.vpcId)) === JSON.stringify(stack.resolve(vpc.vpcId))
  );
}
