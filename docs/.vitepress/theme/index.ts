import type { Theme } from 'vitepress'
import DefaultTheme from 'vitepress/theme'
import { defineAsyncComponent } from 'vue'
import './style.css'

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    // Only the page that has it loads it, with the emulator.
    app.component(
      'BreakIt',
      defineAsyncComponent(() => import('./break-it/break-it.vue')),
    )
  },
}

export default theme
