import { mergeConfig } from 'vitest/config'
import { withBrowserTests } from '../../config/browser-tests.ts'
import { shared } from '../../config/vitest.ts'

export default mergeConfig(shared, withBrowserTests)
