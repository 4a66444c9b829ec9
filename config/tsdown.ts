import { defineConfig, type UserConfig } from 'tsdown'

/** Builds a published package: ES modules and their types, for any runtime. */
export const library = (...entry: string[]): UserConfig =>
  defineConfig({
    entry,
    format: 'esm',
    platform: 'neutral',
    target: 'es2023',
    tsconfig: 'tsconfig.build.json',
    dts: { oxc: true, sourcemap: true },
    sourcemap: true,
    clean: true,
    failOnWarn: true,
  })
