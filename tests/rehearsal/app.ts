export { ownMessages as messages } from '../harness/own-messages.ts';
