import { ChalklineError } from '@chalkline/client-sdk/protocol';
import type { Backend } from '../backend.ts';
import { operate, operationSchema, type Reach } from '../archive/operations.ts';

/** What one invocation tells: with `after`, there is more behind it. */
export interface OperatorAnswer {
  items: object[];
  after?: string;
}

/** An answer of Lambda has at most 6 MB; one item more than this has at most some hundred KB. */
const ANSWER_BYTES = 4_194_304;

/** How long an invocation works before it answers: no network between keeps a silent connection for long, in ms. */
export const ANSWER_MS = 60_000;

export interface OperatorOptions extends Reach, Pick<Backend, 'log'> {
  /** @default 4194304 */
  answerBytes?: number;
  /** @default 60000 */
  answerMs?: number;
}

/**
 * Carries out what an operator asks for, as far as it fits into one answer: who asks again with its `after` gets the rest.
 * Invoked by who may invoke the function, and reached by no route.
 */
export function operatorHandler(options: OperatorOptions) {
  const { log, answerBytes = ANSWER_BYTES, answerMs = ANSWER_MS, ...reach } = options;
  return async (event: unknown): Promise<OperatorAnswer> => {
    const asked = operationSchema.safeParse(event);
    if (!asked.success) {
      const fields = asked.error.issues.map(({ path }) => path.join('.') || 'operation').join(', ');
      throw new ChalklineError('bad-envelope', `unable to operate; ${fields} does not fit`);
    }
    const startedAt = performance.now();
    const items: object[] = [];
    let bytes = 0;
    let answer: OperatorAnswer = { items };
    let outcome: 'ok' | 'failed' = 'failed';
    try {
      for await (const { item, after } of operate(reach, asked.data)) {
        if (item) {
          items.push(item);
          bytes += Buffer.byteLength(JSON.stringify(item));
        }
        if (bytes < answerBytes && performance.now() - startedAt < answerMs) continue;
        answer = { items, after };
        break;
      }
      outcome = 'ok';
      return answer;
    } finally {
      // Who did what is what an audit asks for, also of what failed half-way.
      log({ action: 'operate', outcome, ...asked.data, items: items.length });
    }
  };
}
