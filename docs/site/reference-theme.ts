import {
  DeclarationReflection,
  IntersectionType,
  ReferenceType,
  ReflectionKind,
  ReflectionType,
  type Reflection,
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
  const { comment, declarationTitle, memberTitle, parametersTable, reflectionType } = partials
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

  // `= object` says nothing: the properties follow.
  partials.declarationTitle = (model) => (model === page && model.groups ? '' : declarationTitle(model))

  // An object names its members. `object` alone says nothing.
  partials.reflectionType = (type, typeOptions) => {
    const { children, signatures } = type.declaration
    if (!children || signatures || typeOptions?.forceCollapse) return reflectionType(type, typeOptions)
    return `\\{ ${children.map((member) => `${toCode(memberTitle(member))};`).join(' ')} \\}`
  }

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
        const name = toCode(memberTitle(member))
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

const toCode = (title: string): string => `\`${title.replaceAll('\\', '')}\``

/** Returns the properties of an object type, and of all parts of an intersection. */
function propertiesOf(type: Type | undefined): DeclarationReflection[] {
  if (type instanceof IntersectionType) return type.types.flatMap(propertiesOf)
  if (type instanceof ReflectionType) return type.declaration.children ?? []
  if (!(type instanceof ReferenceType && type.reflection instanceof DeclarationReflection)) return []
  return type.reflection.children ?? propertiesOf(type.reflection.type)
}
