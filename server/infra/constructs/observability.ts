import { Construct } from 'constructs';
import type { Options } from '../options.ts';
import type { Cache } from './cache.ts';
import type { Functions } from './functions.ts';
import type { ClassroomApi } from './websocket-api.ts';

/** What an operator looks at: filled in by the parts that it watches. */
export interface Watched {
  readonly api: ClassroomApi;
  readonly functions: Functions;
  readonly cache: Cache;
  readonly options: Options;
}

/** Dashboard and alarms. */
export class Observability extends Construct {
  readonly watched: Watched;

  constructor(scope: Construct, id: string, watched: Watched) {
    super(scope, id);
    this.watched = watched;
  }
}
