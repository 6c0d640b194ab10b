/**
 * What AWS's documents leave open, one switch each. A default is what we believe; a check on a real account settles it.
 * Everything here is unverified, and everything unverified that a client or a handler can see is here.
 */
export interface Assumptions {
  /** A one-way route whose handler returns non-2xx. A capture shows no frame; another emulator's changelog says one. @default 'no-frame' */
  readonly oneWayFailure: 'no-frame' | 'error-frame';
  /** A two-way route whose handler returns non-2xx. @default 'send-body' */
  readonly twoWayFailure: 'send-body' | 'error-frame' | 'no-frame';
  /** A result without a numeric `statusCode`, on a message route. @default 'error-frame' */
  readonly malformedResult: 'error-frame' | 'no-frame';
  /** A `$connect` result without a numeric `statusCode`: the status the client sees. @default 502 */
  readonly malformedConnectStatus: number;
  /** A `$connect` that outlives the integration timeout: the status the client sees. @default 504 */
  readonly connectTimeoutStatus: number;
  /** An authorizer that throws, times out or answers rubbish: the status the client sees. @default 500 */
  readonly authorizerFailureStatus: number;
  /** The close frame a client gets after DELETE @connections, and the values `$disconnect` is told. @default 1000, '' */
  readonly deleteClose: { readonly code: number; readonly reason: string };
  /** `message` of the frame for a throttled message. @default 'Too Many Requests' */
  readonly throttledMessage: string;
  /** `disconnectReason` after an abnormal drop (1006). @default 'Connection Closed Abnormally' */
  readonly abnormalReason: string;
  /** Reason sent and told with 1009. @default '' */
  readonly tooLargeReason: string;
  /** Reason sent and told with 1003. @default '' */
  readonly binaryReason: string;
  /** Largest @connections payload: the table's 32 KB frame or its 128 KB message. @default 'message' */
  readonly postLimit: 'frame' | 'message';
  /** Whether a posted message above 32 KB leaves as several frames. @default true */
  readonly isOutboundFragmented: boolean;
  /** Bytes that may wait for a client that does not read, before @connections answers 429. @default 1048576 */
  readonly clientBufferBytes: number;
  /** All headers of the upgrade together, bytes; more is answered 431. HTTP APIs have 10,240. @default 10240 */
  readonly upgradeHeaderBytes: number;
  /** Whether a client's ping is answered with a pong. @default true */
  readonly isPingAnswered: boolean;
  /** Body of the 410 for a connection that is gone; a capture shows none. @default '' */
  readonly goneBody: string;
  /** Whether a client's ping counts as a message that keeps an idle connection open. @default false */
  readonly isKeptOpenByPing: boolean;
}

/** The gateway's beliefs; `createGateway({ assumptions })` replaces any of them. */
export const defaultAssumptions: Assumptions = {
  oneWayFailure: 'no-frame',
  twoWayFailure: 'send-body',
  malformedResult: 'error-frame',
  malformedConnectStatus: 502,
  connectTimeoutStatus: 504,
  authorizerFailureStatus: 500,
  deleteClose: { code: 1000, reason: '' },
  throttledMessage: 'Too Many Requests',
  abnormalReason: 'Connection Closed Abnormally',
  tooLargeReason: '',
  binaryReason: '',
  postLimit: 'message',
  isOutboundFragmented: true,
  clientBufferBytes: 1024 * 1024,
  upgradeHeaderBytes: 10_240,
  isPingAnswered: true,
  goneBody: '',
  isKeptOpenByPing: false,
};
