// Runs one Lambda function in this process: `node lambda-process.mjs FOLDER index.handler`, with a socket to the gateway
// as file descriptor 3. Between invocations it waits in a blocking read, so nothing of it moves: timers, sockets and
// promises that the last invocation left behind stand still until the next one, as they do in a frozen Lambda environment.
import { Buffer } from 'node:buffer';
import { subscribe } from 'node:diagnostics_channel';
import { existsSync, readSync, writeSync } from 'node:fs';
import { ClientRequest } from 'node:http';
import { join } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const GATEWAY = 3;
const [folder = '.', handlerName = 'index.handler'] = process.argv.slice(2);

let posts = 0;
let dieAtPost = 0;

/** Dies before the n-th call to @connections leaves, if this invocation was told to. */
function countPost(path) {
  if (!/\/(@|%40)connections\//.test(path)) return;
  posts += 1;
  if (posts === dieAtPost) process.kill(process.pid, 'SIGKILL');
}

const end = ClientRequest.prototype.end;
ClientRequest.prototype.end = function (...args) {
  countPost(this.path);
  return end.apply(this, args);
};
subscribe('undici:request:create', ({ request }) => countPost(request.path));

/** Blocks until `length` bytes have come; the gateway closing its end is the end of this process. */
function read(length) {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const count = readSync(GATEWAY, bytes, at, length - at, null);
    if (count === 0) process.exit(0);
    at += count;
  }
  return bytes;
}

function readMessage() {
  return JSON.parse(read(read(4).readUInt32BE()).toString());
}

function writeMessage(message) {
  const text = Buffer.from(JSON.stringify(message));
  const bytes = Buffer.concat([Buffer.alloc(4), text]);
  bytes.writeUInt32BE(text.length);
  for (let at = 0; at < bytes.length;) at += writeSync(GATEWAY, bytes, at);
}

async function loadHandler() {
  const [name, exported] = handlerName.split('.');
  const file = ['mjs', 'js', 'cjs'].map((end) => join(folder, `${name}.${end}`)).find(existsSync);
  if (!file) throw new Error(`unable to load the function; ${folder} has no ${name}.mjs, .js or .cjs`);
  const module = await import(pathToFileURL(file).href);
  const handler = module[exported] ?? module.default?.[exported];
  if (typeof handler !== 'function')
    throw new Error(`unable to load the function; ${file} exports no ${exported}`);
  return handler;
}

function run(handler, event, context) {
  return new Promise((resolve, reject) => {
    const returned = handler(event, context, (error, result) => (error ? reject(error) : resolve(result)));
    if (handler.length < 3 || typeof returned?.then === 'function') resolve(returned);
  });
}

function describe(error) {
  return error instanceof Error
    ? { name: error.name, message: error.message, stack: error.stack }
    : { name: 'Error', message: String(error) };
}

let handler;
let failure;
try {
  handler = await loadHandler();
} catch (error) {
  failure = error;
}
for (;;) {
  const message = readMessage();
  if (failure !== undefined) {
    writeMessage({ error: describe(failure) });
    process.exit(1);
  }
  posts = 0;
  dieAtPost = message.dieAtPost ?? 0;
  const deadline = Date.now() + message.timeoutMs;
  const context = { ...message.context, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) };
  try {
    const result = await run(handler, message.event, context);
    writeMessage({ result: result ?? null });
  } catch (error) {
    writeMessage({ error: describe(error) });
  }
}
