import type { Guard } from './guards/guard.ts'
import { ofOthers } from './guards/of-others.ts'
import { ofRenewal } from './guards/of-renewal.ts'
import { ofStore } from './guards/of-store.ts'

export type { Guard } from './guards/guard.ts'

/** The parts of the code whose absence the explorer must notice. */
export const guards: readonly Guard[] = [...ofRenewal, ...ofStore, ...ofOthers]
