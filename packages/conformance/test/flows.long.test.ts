import { allFlows, testFlows } from './send-flows.ts'

testFlows(allFlows)
