import { fileURLToPath } from 'node:url'

// The packages are outside of this folder.
const root = fileURLToPath(new URL('../../..', import.meta.url))

export default {
  turbopack: { root },
  outputFileTracingRoot: root,
  devIndicators: false,
  allowedDevOrigins: ['127.0.0.1'],
}
