export type { Answer, PlainAnswer } from './answer.ts'
export type { Clock } from './clock.ts'
export { createEmulator, type Emulator, type EmulatorOptions } from './create-emulator.ts'
export type { Counters, Emulation, EmulationOptions } from './emulation.ts'
