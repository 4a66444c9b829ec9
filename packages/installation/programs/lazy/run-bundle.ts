/** Runs a bundle on Node: makes two calls, and prints the outcomes. */
import process from 'node:process'

globalThis.settings = JSON.parse(process.env['SETTINGS'] ?? '{}') as typeof globalThis.settings
await import(process.env['BUNDLE'] ?? '')
console.log(JSON.stringify([await globalThis.call(), await globalThis.call()]))
