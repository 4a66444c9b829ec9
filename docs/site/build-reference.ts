import { rmSync } from 'node:fs'
import {
  Application,
  Converter,
  ReflectionKind,
  type ProjectReflection,
  type Reflection,
  type TypeDocOptions,
} from 'typedoc'
import type { PluginOptions } from 'typedoc-plugin-markdown'
import { publicPackages, repositoryUrl, root, type PublicPackage } from './public-packages.ts'
import { ReferenceTheme } from './reference-theme.ts'

/** How many packages a package needs, one through the other. */
const depthOf = ({ dependencies }: PublicPackage): number =>
  Math.max(0, ...publicPackages.filter(({ name }) => dependencies.includes(name)).map((needed) => 1 + depthOf(needed)))

/**
 * The names that users import, by the source file of the entry point.
 *
 * TypeDoc describes an export that several packages have in the first of them. So a package comes after those that it
 * depends on.
 */
const namesOfFiles = new Map(
  publicPackages
    .toSorted((one, other) => depthOf(one) - depthOf(other))
    .flatMap(({ entryPoints }) => [...entryPoints].map(([name, file]) => [root + file, name] as const)),
)
const packageNames = publicPackages.map(({ name }) => name)

const moduleNames = publicPackages.flatMap(({ entryPoints }) => [...entryPoints.keys()])
const rankOf = ({ name }: Reflection): number => moduleNames.indexOf(name)

/** The names of the groups. The tag `@group` overrides them for one export. */
const groups = {
  kind_plural_function: 'Functions',
  kind_plural_variable: 'Data',
  kind_plural_class: 'Options and types',
  kind_plural_interface: 'Options and types',
  kind_plural_type_alias: 'Options and types',
  kind_plural_reference: 'Also exported here',
}

const options: TypeDocOptions & Partial<PluginOptions> & { readonly docsRoot: string } = {
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', 'typedoc-plugin-mdn-links'],
  name: 'Reference',
  readme: 'none',
  entryPoints: [...namesOfFiles.keys()],
  tsconfig: `${root}docs/site/tsconfig.reference.json`,
  basePath: root,
  displayBasePath: root,
  out: `${root}docs/reference`,
  docsRoot: `${root}docs`,
  theme: 'reference',
  logLevel: 'Warn',

  // The sources are linked to the main branch, on every machine that builds the site.
  disableGit: true,
  sourceLinkTemplate: `${repositoryUrl}/blob/main/{path}#L{line}`,
  externalSymbolLinkMappings: {
    ky: { Options: 'https://github.com/sindresorhus/ky#options' },
    hono: { Hono: 'https://hono.dev/docs/api/hono' },
    jose: {
      CryptoKey: 'https://developer.mozilla.org/docs/Web/API/CryptoKey',
      JWK: 'https://www.rfc-editor.org/rfc/rfc7517.html#section-4',
      JWTPayload: 'https://www.rfc-editor.org/rfc/rfc7519.html#section-4.1',
    },
    // Those of the platform that typedoc-plugin-mdn-links does not find.
    ...Object.fromEntries(
      ['typescript', '@types/node', 'undici-types'].map((types) => [
        types,
        {
          fetch: 'https://developer.mozilla.org/docs/Web/API/Window/fetch',
          RequestInit: 'https://developer.mozilla.org/docs/Web/API/RequestInit',
          RequestInfo: 'https://developer.mozilla.org/docs/Web/API/Window/fetch#resource',
        },
      ]),
    ),
  },

  excludeExternals: true,
  excludeScopesInPaths: true,
  groupOrder: ['Functions', 'Errors', 'Data', 'Client authentication', 'Options and types', '*'],
  locales: { en: groups },
  // The authors of an option type put the most important options first.
  sort: ['source-order'],
  sortEntryPoints: false,
  blockTagsPreserveOrder: ['@example'],
  // A default such as `The provider's.` is a sentence, and not code.
  jsDocCompatibility: { defaultTag: false },
  parametersFormat: 'table',
  pageTitleTemplates: { module: '{name}', member: '{name}' },

  // An export or an option without a docstring, a broken link, and any other warning fails the build.
  treatWarningsAsErrors: true,
  treatValidationWarningsAsErrors: true,
  packagesRequiringDocumentation: packageNames,
  requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Enum', 'Property', 'Method'],
  validation: { notDocumented: true, notExported: false, invalidLink: true, invalidPath: true, rewrittenLink: true },
}

const none = {
  notDocumented: false,
  invalidLink: false,
  invalidPath: false,
  rewrittenLink: false,
  unusedMergeModuleWith: false,
}

const app = await Application.bootstrapWithPlugins(options)
app.renderer.defineTheme('reference', ReferenceTheme)

app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  for (const module of modulesOf(project)) {
    module.name = namesOfFiles.get(module.sources?.[0]?.fullFileName ?? '') ?? module.name
  }
})

const sortMembers = ({ project }: { readonly project: ProjectReflection }) => {
  for (const { children } of modulesOf(project).flatMap((module) => module.groups ?? [])) {
    children.sort((one, other) => one.name.localeCompare(other.name))
  }
  const modules = [project.children, ...(project.groups ?? []).map(({ children }) => children)]
  for (const children of modules) children?.sort((one, other) => rankOf(one) - rankOf(other))
}
const afterTheGroupsAreMade = -1000
app.converter.on(Converter.EVENT_RESOLVE_END, sortMembers, afterTheGroupsAreMade)

const project = await app.convert()
if (project) {
  validate(project)
  rmSync(`${root}docs/reference`, { recursive: true, force: true })
  await app.generateOutputs(project)
}
if (!project || app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1

function validate(whole: ProjectReflection): void {
  app.validate(whole)
  // TypeDoc looks for types that are not exported only in the package that the project is named after.
  app.options.setValue('validation', { ...none, notExported: true })
  const { packageName } = whole
  for (const name of packageNames) {
    whole.packageName = name
    app.validate(whole)
  }
  if (packageName !== undefined) whole.packageName = packageName

  for (const { name, comment: about, children = [] } of modulesOf(whole)) {
    if (!about) app.logger.error(`${name} has no @packageDocumentation`)
    const folder = publicPackages.find((one) => one.entryPoints.has(name))?.folder
    for (const { name: member, kind, signatures = [], sources } of children) {
      const isForeign = sources && !sources.some(({ fullFileName }) => fullFileName.startsWith(`${root}${folder}/`))
      if (isForeign) app.logger.error(`${name}: ${member} of another package must be described there`)
      const isShown = signatures.some(({ comment }) => comment?.getTag('@example'))
      if (kind === ReflectionKind.Function && !isShown) app.logger.error(`${name}: ${member}() has no @example`)
    }
  }
}

function modulesOf(whole: ProjectReflection) {
  return whole.getChildrenByKind(ReflectionKind.Module)
}
