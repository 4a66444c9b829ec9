import type { Reporter, TestModule } from 'vitest/node'

/** Prints the result of each fault, as a table in Markdown. */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => {
        const { fault } = test.meta()
        if (!fault) return undefined
        const outcomes = Object.entries(fault.outcomes).map(
          ([outcome, times]) => `${times} × ${outcome.replace(/^\d/, 'status $&')}`,
        )
        const name = test.fullName.replace(' > ', ' ')
        return [name, outcomes.join(', '), fault.rejected, fault.tokenRequests, fault.seconds.toFixed(1)]
      }),
    )
    const head = ['what happened', 'results of the calls', 'tokens rejected', 'token requests', 'seconds']
    const lines = [head, head.map(() => '---'), ...rows.filter((row) => row !== undefined)]
    console.log(lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n'))
  }
}
