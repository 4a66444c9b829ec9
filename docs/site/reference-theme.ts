import {
  DeclarationReflection,
  IntersectionType,
  ReferenceType,
  ReflectionKind,
  ReflectionType,
  UnionType,
  type Reflection,
  type SomeType,
  type Type,
} from 'typedoc'
import { MarkdownTheme, MarkdownThemeContext, type MarkdownPageEvent } from 'typedoc-plugin-markdown'

/** The Markdown of the reference. It is shorter than that of typedoc-plugin-markdown, so that options are easy to scan. */
export class ReferenceTheme extends MarkdownTheme {
  override getRenderContext(page: MarkdownPageEvent<Reflection>): MarkdownThemeContext {
    return shorten(new MarkdownThemeContext(this, page, this.application.options))
  }
}

function shorten(context: MarkdownThemeContext): MarkdownThemeContext {
  const { helpers, partials } = context
  const { comment, declarationTitle, memberTitle, parametersTable, typeDeclarationUnionContainer } = partials
  const page = context.page.model as DeclarationReflection

  // All members are read-only, and `?` shows that one is optional.
  helpers.getReflectionFlags = () => ''

  // The way up: the reference, and the module to import from.
  partials.breadcrumbs = () => {
    const parents = []
    for (let parent = page.parent; parent; parent = parent.parent) {
      parents.unshift(`[${parent.name}](${context.urlTo(parent)})`)
    }
    return parents.length > 0 ? `${parents.join(' / ')}\n{.breadcrumbs}` : ''
  }

  // One link to the source for each page, not one for each option.
  partials.sources = ({ sources, parent }) => {
    const [source] = sources ?? []
    const isShown =
      source?.url &&
      (parent === page.parent || (parent === page && page.kindOf([ReflectionKind.Function, ReflectionKind.Variable])))
    return isShown ? `[Source](${source.url})\n{.source}` : ''
  }

  // The properties of an object type, or of all kinds of one, follow anyway.
  partials.declarationTitle = (model) =>
    model === page && (model.groups || kindsOf(model.type)) ? '' : declarationTitle(model)

  // The kinds of an object, such as those of events, have the names in their property `type`.
  partials.typeDeclarationUnionContainer = (model, options) =>
    kindsOf(model.type)
      ?.map(([type, ...properties]) => {
        const level = '#'.repeat((options?.headingLevel ?? 1) + 1)
        const lines = properties.map(
          ({ name, type: own, comment: told }) =>
            `- \`${name}\` (${partials.someType(own as SomeType)}): ${told ? helpers.getDescriptionForComment(told) : ''}`,
        )
        const told = type.comment ? partials.comment(type.comment).trim() : ''
        return `${level} ${String(type.type).replaceAll('"', '').replaceAll(' | ', ', ')}\n\n${told}\n\n${lines.join('\n')}`
      })
      .join('\n\n') ?? typeDeclarationUnionContainer(model, options)

  // A default is a line, not a section.
  partials.comment = (model, options) => {
    const shown = model.clone()
    const standard = shown.getTag('@defaultValue')
    shown.removeTags('@defaultValue')
    const text = comment(shown, options)
    if (!standard || !options?.showTags) return text
    return `**Default:** ${helpers.getCommentParts(standard.content).trim()}\n\n${text}`
  }

  // A list fits on a narrow screen, and a table does not.
  const list = (members: readonly DeclarationReflection[]) =>
    members
      .map((member) => {
        const told = member.comment ?? member.signatures?.at(-1)?.comment
        const text = told ? `: ${helpers.getDescriptionForComment(told)?.replace(/:$/, '.')}` : ''
        const name = `\`${memberTitle(member).replaceAll('\\', '')}\``
        return `- ${context.router.hasUrl(member) ? `[${name}](${context.urlTo(member)})` : name}${text}`
      })
      .join('\n')
  partials.groupIndex = ({ children }) => list(children as DeclarationReflection[])

  // The options of a function are on its page, and their details are on the page of their type.
  partials.parametersTable = (parameters) => {
    const lists = parameters.map(({ name, type }) => {
      const options = type instanceof ReferenceType && type.name.endsWith('Options') ? propertiesOf(type) : []
      return options.length > 0 ? `\n\nThe members of \`${name}\`:\n\n${list(options)}` : ''
    })
    return parametersTable(parameters) + lists.join('')
  }

  return context
}

/** Returns the properties of an object type, and of all parts of an intersection. */
function propertiesOf(type: Type | undefined): DeclarationReflection[] {
  if (type instanceof IntersectionType) return type.types.flatMap(propertiesOf)
  if (type instanceof ReflectionType) return type.declaration.children ?? []
  if (!(type instanceof ReferenceType && type.reflection instanceof DeclarationReflection)) return []
  return type.reflection.children ?? propertiesOf(type.reflection.type)
}

type Kind = readonly [type: DeclarationReflection, ...properties: DeclarationReflection[]]

/** Returns the properties of each kind of an object, if it is a union of objects that `type` distinguishes. */
function kindsOf(type: Type | undefined): readonly Kind[] | undefined {
  if (!(type instanceof UnionType)) return undefined
  const kinds = type.types.flatMap((one) => {
    const properties = one instanceof ReflectionType ? (one.declaration.children ?? []) : []
    const tag = properties.find(({ name }) => name === 'type')
    return tag ? [[tag, ...properties.filter((property) => property !== tag)] as const] : []
  })
  return kinds.length === type.types.length ? kinds : undefined
}
