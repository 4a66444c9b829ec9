/** A program without a store. */
import { createCall } from './create-call.ts'

globalThis.call = createCall(globalThis.settings)
