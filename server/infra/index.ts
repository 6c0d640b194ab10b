export { ClassroomRealtime } from './constructs/classroom-realtime.ts';
export { ProbeStack } from './probe-stack.ts';
export { ClassroomStack, type ClassroomStackProps } from './classroom-stack.ts';
export type { AuthOptions, CacheOptions, ClassroomRealtimeProps, DomainOptions, Egress } from './options.ts';
export type { Preset } from './presets.ts';
export { bundle, functionNames } from './bundle.ts';
export type { Bundle, FunctionName } from './bundle.ts';
