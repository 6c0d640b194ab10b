import type { LogLine } from '../backend.ts';
import { asChalklineError, causesOf } from '../failure.ts';

type Handler<Event, Context, Result> = (event: Event, context: Context) => Promise<Result>;

export interface Served<Event, Context, Result> {
  /** The function's name in the log. */
  action: string;
  /** Makes the handler with all that it needs; `renew` has it made anew with the next event. */
  open: (renew: () => void) => Promise<Handler<Event, Context, Result>>;
  log: (line: LogLine) => void;
  /** Writes out what was counted, at the end of each invocation. */
  flush: () => void;
  /** Whether the handler logs its own failures. @default false */
  speaksForItself?: boolean;
}

/**
 * The handler that Lambda calls. It is opened before the first event, while the platform gives the whole processor; an
 * opening that fails is logged with its code and tried again with the next event, so that a secret that comes late, or a
 * cache that comes back, needs no new deployment.
 */
export async function serve<Event, Context, Result>({
  action,
  open,
  log,
  flush,
  speaksForItself = false,
}: Served<Event, Context, Result>): Promise<Handler<Event, Context, Result>> {
  let opened: Promise<Handler<Event, Context, Result>> | undefined;
  const renew = (): void => {
    opened = undefined;
  };
  const tell = (operation: string, error: unknown): void => {
    const problem = asChalklineError(error);
    log({ action: operation, outcome: problem.code, cause: causesOf(problem) });
  };
  const handler = async (): Promise<Handler<Event, Context, Result>> => {
    try {
      return await (opened ??= open(renew));
    } catch (error) {
      renew();
      tell(`start ${action}`, error);
      throw error;
    }
  };
  await handler().catch(() => undefined);
  return async (event, context) => {
    const handle = await handler();
    try {
      return await handle(event, context);
    } catch (error) {
      if (!speaksForItself) tell(action, error);
      throw error;
    } finally {
      flush();
    }
  };
}
