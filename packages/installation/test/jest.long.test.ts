import { testJest } from '../jest.ts'

testJest(['22', '26'])
