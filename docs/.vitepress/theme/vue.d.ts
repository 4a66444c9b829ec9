/** A single-file component. Its logic is in modules, which TypeScript checks. */
declare module '*.vue' {
  import type { Component } from 'vue'

  const component: Component
  export default component
}
