import * as z from 'zod/mini';

const flag = z.pipe(
  z.optional(z.literal('true')),
  z.transform((value) => value === 'true'),
);
const count = z.pipe(
  z.optional(z.string().check(z.regex(/^\d+$/))),
  z.transform((value) => Number(value ?? 0)),
);

const doorSchema = z.object({
  /** The address of Secrets Manager; not needed with a JWKS_URL. */
  SECRETS_URL: z._default(z.string(), ''),
  /** The secret that tokens are signed with: its name in Secrets Manager. This or the next. */
  JWT_SECRET_ID: z.optional(z.string()),
  JWKS_URL: z.optional(z.string()),
  JWT_ISSUER: z.optional(z.string()),
  JWT_AUDIENCE: z.optional(z.string()),
});

const roomSchema = z.object({
  SECRETS_URL: z.string(),
  /** `rediss://user@host:port` of the primary, or of the cluster. */
  CACHE_URL: z.string(),
  /** The same of the replicas. */
  CACHE_READER_URL: z.optional(z.string()),
  /** The password's name in Secrets Manager. */
  CACHE_SECRET_ID: z.string(),
  CACHE_IS_CLUSTER: flag,
  /** How many replicas an append waits for. */
  CACHE_REPLICAS: count,
  /** `StoreLimits` that differ from their defaults, as JSON. */
  STORE_LIMITS: z.optional(z.string()),
  /** `https://…/{stage}` of the API, for `@connections`. */
  CALLBACK_URL: z.string(),
});

/** What the deployment tells a function that checks tokens. */
export type DoorEnvironment = z.infer<typeof doorSchema>;
/** What it tells a function that reaches classrooms and sockets. */
export type RoomEnvironment = z.infer<typeof roomSchema>;

export const readDoorEnvironment = (): DoorEnvironment => read(doorSchema);
export const readRoomEnvironment = (): RoomEnvironment => read(roomSchema);

/** The only place that reads `process.env`. @throws Error that names the variables that do not fit. */
function read<T extends z.ZodMiniType>(schema: T): z.infer<T> {
  const outcome = schema.safeParse(process.env);
  if (outcome.success) return outcome.data;
  const names = outcome.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new Error(`unable to start; the environment lacks ${names}, or they do not fit`);
}
