// npm run reference: what typedoc reads of the client's package, as the page /docs/client shows it.
// typedoc takes no TypeScript 7, so it is here and not among the packages of the repository.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  Application,
  type Comment,
  type DeclarationReflection,
  ReflectionKind,
  type SignatureReflection,
} from 'typedoc'

/** It begins without <html>: the service puts it into a page like the others. */
const PAGE = 'public/docs/client-reference.txt'
const TYPES = 'dist/client/types/client'

/** What can be imported, by what it is imported from, in the order of the page. */
const MODULES = [
  ['chatroom-client', 'chatroom-client'],
  ['chatroom-client/react', 'react/chatroom-react'],
  ['chatroom-client/outbox', 'outbox'],
  ['chatroom-client/upload', 'upload'],
  ['chatroom-client/faults', 'faults'],
] as const

/** HTML without a script, held by the policy of the other pages. */
async function clientReference(): Promise<string> {
  const app = await Application.bootstrap({
    entryPoints: MODULES.map(([, file]) => join(TYPES, `${file}.d.ts`)),
    tsconfig: 'test/contract/tsconfig.reference.json',
    excludePrivate: true,
    excludeProtected: true,
    excludeExternals: true,
    readme: 'none',
    logLevel: 'Error',
    sort: ['source-order'],
  })
  const project = await app.convert()
  if (!project) throw new Error('typedoc read nothing.')
  const found = new Map(project.children?.map((module) => [module.name, module]))
  const modules = MODULES.map(([name, file]) => {
    const entries = found.get(file)?.children ?? []
    if (entries.length === 0) throw new Error(`There is nothing in ${file}.`)
    return { name, entries: entries.filter(({ kind }) => kind !== ReflectionKind.Reference) }
  })
  const contents = modules
    .map(({ name, entries }) => {
      const links = entries.map(
        (entry) => `<a href="#${entry.name}"><code>${entry.name}</code></a>`,
      )
      return `<p><code>${name}</code></p>\n<nav class="contents" aria-label="${name}">${links.join('\n')}</nav>`
    })
    .join('\n')
  const sections = modules.map(
    ({ name, entries }) => `<h2><code>${name}</code></h2>\n${entries.map(entryOf).join('\n')}`,
  )
  return `${contents}\n${sections.join('\n')}\n`
}

const KINDS: Partial<Record<ReflectionKind, string>> = {
  [ReflectionKind.Class]: 'class',
  [ReflectionKind.Interface]: 'interface',
  [ReflectionKind.Function]: 'function',
  [ReflectionKind.TypeAlias]: 'type',
  [ReflectionKind.Variable]: 'value',
}

function entryOf(entry: DeclarationReflection): string {
  const { name, kind, signatures = [], comment } = entry
  const anchor = `<h3 id="${name}"><a class="anchor" href="#${name}"><code>${name}</code></a> ${KINDS[kind] ?? ''}</h3>`
  const about = [comment, ...signatures.map((one) => one.comment)].map(textOf)
  const written = signatures.map((one) => code(signatureOf(one)))
  const type = entry.type?.type === 'reflection' ? undefined : entry.type
  if (type && signatures.length === 0) written.push(code(`${name}: ${type}`))
  const inner = entry.type?.type === 'reflection' ? entry.type.declaration : entry
  return [anchor, ...about, ...written, membersOf(inner)].filter(Boolean).join('\n')
}

function membersOf({ children = [] }: DeclarationReflection): string {
  const shown = children.filter(
    ({ kind, inheritedFrom }) => !inheritedFrom && kind !== ReflectionKind.Constructor,
  )
  if (shown.length === 0) return ''
  return `<dl class="fields">\n${shown.map(memberOf).join('\n')}\n</dl>`
}

function memberOf(member: DeclarationReflection): string {
  const { name, flags, getSignature, type } = member
  const inner = type?.type === 'reflection' ? type.declaration.signatures : undefined
  const signatures = member.signatures ?? inner ?? []
  const [first] = signatures
  const optional = flags.isOptional ? ', optional' : ''
  const is = first
    ? `<code>${escaped(signatureOf(first).replace(first.name, ''))}</code>`
    : escaped(`${getSignature?.type ?? type ?? ''}`)
  const about = textOf(member.comment ?? first?.comment ?? getSignature?.comment)
  return `<dt><code>${name}</code> <span>${is}${optional}</span></dt>\n<dd>${about}</dd>`
}

function signatureOf({ name, parameters = [], type }: SignatureReflection): string {
  const given = parameters.map((one) => {
    const mark = one.flags.isOptional || one.defaultValue !== undefined ? '?' : ''
    return `${one.name.replace(/^__namedParameters$/, 'options')}${mark}: ${one.type}`
  })
  return `${name}(${given.join(', ')}): ${type}`
}

/** Plain text with `code`. It leads to no other host, like all pages of the docs. */
function textOf(comment: Comment | undefined): string {
  const parts = comment?.summary.map(({ text }) => text) ?? []
  const text = parts.join('').trim()
  if (!text) return ''
  const plain = text.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll(/https?:\/\//g, '')
  return `<p>${escaped(plain).replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`
}

const code = (text: string) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>`

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

writeFileSync(process.argv[2] ?? PAGE, await clientReference())
