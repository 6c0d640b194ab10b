/** The constructor of a browser's WebSocket, or one that behaves like it. */
export type WebSocketConstructor = typeof WebSocket;

export type Timer = ReturnType<typeof setTimeout>;

/** Why the page may have slept or changed networks: `offline` means that the link may be dead already. */
export type Wake = 'visible' | 'resume' | 'pageshow' | 'online' | 'offline';

/** The only door to the world around the SDK, so that a test can stand in for all of it. */
export interface Env {
  WebSocket: WebSocketConstructor;
  /** Milliseconds since 1970; never less than before. */
  now(): number;
  /** From 0 up to, but not including, 1. */
  random(): number;
  newId(): string;
  setTimeout(run: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Calls back when the page wakes or its network changes; returns the unsubscribe. */
  onWake(listener: (wake: Wake) => void): () => void;
  warn(message: string): void;
}

/** 144 random bits as 24 letters of base64url: `crypto.randomUUID` is missing on pages that are not served over https. */
function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

function onWake(listener: (wake: Wake) => void): () => void {
  // Node has no `document`, and some workers have no `addEventListener`.
  if (typeof document === 'undefined' || typeof addEventListener === 'undefined') return () => undefined;
  const removers: (() => void)[] = [];
  const listen = (target: EventTarget, type: string, wake: Wake): void => {
    const handler = () => {
      if (wake !== 'visible' || document.visibilityState === 'visible') listener(wake);
    };
    target.addEventListener(type, handler);
    removers.push(() => target.removeEventListener(type, handler));
  };
  listen(document, 'visibilitychange', 'visible');
  // Chrome no longer fires visibilitychange reliably after a freeze; `resume` is what it fires.
  listen(document, 'resume', 'resume');
  listen(globalThis, 'pageshow', 'pageshow');
  listen(globalThis, 'online', 'online');
  listen(globalThis, 'offline', 'offline');
  return () => removers.forEach((remove) => remove());
}

/** The machine's clock; where it is set back it goes on from where it was, or what waits for a time would wait that much longer. */
function steadyClock(): () => number {
  let newest = 0;
  let behind = 0;
  return () => {
    const now = Date.now();
    behind += Math.max(0, newest - now);
    newest = now;
    return now + behind;
  };
}

/** The env of a browser page. Reads globals when called, never when imported: a server may import the SDK. */
export function browserEnv(): Env {
  return {
    WebSocket: globalThis.WebSocket,
    now: steadyClock(),
    random: () => Math.random(),
    newId,
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer),
    onWake,
    warn: (message) => console.warn(`chalkline: ${message}`),
  };
}
