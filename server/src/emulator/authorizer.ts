import {
  authorizerEvent,
  type AuthorizerVerdict,
  type ConnectionFacts,
  type UpgradeFacts,
} from './events.ts';
import type { GatewayCore } from './core.ts';
import { GatewayError } from './gateway-error.ts';
import { AUTHORIZER_KEY } from './invoker.ts';
import { functionFromHandler, type LambdaFunction } from './lambda-function.ts';
import type { LambdaHandler } from './routes.ts';

/** A REQUEST authorizer of `$connect`. Its result is never cached. */
export interface AuthorizerOptions {
  readonly handler: LambdaHandler | LambdaFunction;
  /**
   * What must be present and not empty, such as `route.request.querystring.ticket` or `route.request.header.Cookie`;
   * if one is missing the client gets 401 and the handler is not called. @default none
   */
  readonly identitySource?: readonly string[];
}

/** What the authorizer decided; a refusal carries the status the client sees. */
export type Authorization =
  | { readonly isAllowed: true; readonly verdict: AuthorizerVerdict }
  | { readonly isAllowed: false; readonly status: number };

/** Decides one `$connect`. */
export type Authorize = (
  core: GatewayCore,
  connection: ConnectionFacts,
  upgrade: UpgradeFacts,
) => Promise<Authorization>;

/**
 * Prepares an authorizer.
 * @throws GatewayError `invalid-option` for an identity source it cannot read.
 */
export function createAuthorizer(options: AuthorizerOptions): Authorize {
  const sources = (options.identitySource ?? []).map(readIdentitySource);
  const target =
    typeof options.handler === 'function' ? functionFromHandler(options.handler) : options.handler;

  return async (core, connection, upgrade) => {
    if (sources.some((find) => !find(upgrade))) return { isAllowed: false, status: 401 };
    const startedAt = core.clock.now();
    const event = authorizerEvent(core.api, connection, upgrade, startedAt);
    const invocable = { key: AUTHORIZER_KEY, target, timeoutMs: core.limits.integrationTimeoutMs };
    const outcome = await core.invoker.invoke(invocable, event);
    if (outcome.ended !== 'returned') {
      const isUnauthorized =
        outcome.ended === 'threw' &&
        outcome.error instanceof Error &&
        outcome.error.message === 'Unauthorized';
      return {
        isAllowed: false,
        status: isUnauthorized ? 401 : core.assumptions.authorizerFailureStatus,
      };
    }
    const policy = readPolicy(outcome.result, core.limits.authorizerResultBytes);
    if (!policy) return { isAllowed: false, status: core.assumptions.authorizerFailureStatus };
    if (!isAllowedBy(policy.statements, event.methodArn)) return { isAllowed: false, status: 403 };
    const integrationLatency = core.clock.now() - startedAt;
    return {
      isAllowed: true,
      verdict: { ...policy.context, principalId: policy.principalId, integrationLatency },
    };
  };
}

function readIdentitySource(source: string): (upgrade: UpgradeFacts) => string | undefined {
  const [, kind, name] = /^route\.request\.(querystring|header)\.([^\s]+)$/.exec(source) ?? [];
  if (kind === undefined || name === undefined) {
    throw new GatewayError(
      'invalid-option',
      `unable to read identity source ${source}; use route.request.querystring.NAME or route.request.header.NAME`,
    );
  }
  if (kind === 'querystring') return (upgrade) => upgrade.query[name];
  const wanted = name.toLowerCase();
  return (upgrade) => Object.entries(upgrade.headers).find(([key]) => key.toLowerCase() === wanted)?.[1];
}

interface Statement {
  readonly isAllow: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

interface Policy {
  readonly principalId: string;
  readonly statements: readonly Statement[];
  readonly context: Record<string, string | null>;
}

function readPolicy(result: unknown, mostBytes: number): Policy | undefined {
  if (!isRecord(result) || Buffer.byteLength(JSON.stringify(result)) > mostBytes) return undefined;
  const { principalId, policyDocument, context = {} } = result;
  if (typeof principalId !== 'string' || !isRecord(policyDocument) || !isRecord(context)) return undefined;
  const listed = Array.isArray(policyDocument.Statement)
    ? policyDocument.Statement
    : [policyDocument.Statement];
  const statements: Statement[] = [];
  for (const statement of listed as unknown[]) {
    if (!isRecord(statement) || (statement.Effect !== 'Allow' && statement.Effect !== 'Deny'))
      return undefined;
    const actions = textList(statement.Action);
    const resources = textList(statement.Resource);
    if (!actions || !resources) return undefined;
    statements.push({ isAllow: statement.Effect === 'Allow', actions, resources });
  }
  const texts: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(context)) {
    if (value === null) texts[name] = null;
    else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      texts[name] = String(value);
    } else if (value !== undefined) return undefined;
  }
  return { principalId, statements, context: texts };
}

function isAllowedBy(statements: readonly Statement[], arn: string): boolean {
  const applying = statements.filter(
    ({ actions, resources }) =>
      actions.some((pattern) => isMatch(pattern, 'execute-api:Invoke')) &&
      resources.some((pattern) => isMatch(pattern, arn)),
  );
  return applying.length > 0 && applying.every(({ isAllow }) => isAllow);
}

/** IAM's wildcards: `*` for any run of characters, `?` for one. */
function isMatch(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 'i').test(text);
}

function textList(value: unknown): readonly string[] | undefined {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string') ? list : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
