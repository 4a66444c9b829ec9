import { expect, test } from 'vitest'
import { api } from './api-workspace.ts'

test('the check succeeds while no exported type changes', async () => {
  await api()
  expect(await api('--check')).toBe('12 API reports are right\n')
})
