// Imports modules in turn, and prints how long the last one took, in milliseconds.
const modules = process.argv.slice(2)
const last = modules.pop() ?? ''
for (const module of modules) await import(module)
const start = performance.now()
await import(last)
console.log(performance.now() - start)
process.exit()
