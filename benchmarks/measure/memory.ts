/** Collects garbage, also what is freed late. Needs `node --expose-gc`. */
export async function collectGarbage(): Promise<void> {
  const { gc } = globalThis
  if (!gc) throw new Error('start it with node --expose-gc')
  for (let times = 0; times < 4; times += 1) {
    gc()
    await new Promise((resolve) => setImmediate(resolve))
  }
}
