import { prepareTypes } from '../types.ts'

const { testTypes } = prepareTypes()

testTypes([
  ['5.9', 'typescript-5.9'],
  ['6', 'typescript-6'],
])
