#!/usr/bin/env node
// In the workspace nothing is built: tsx reads the sources. A packed package runs dist/bin.js with plain Node.
import { register } from 'tsx/esm/api';

register();
await import('../src/bin.ts');
