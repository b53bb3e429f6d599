import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { Event } from '../src/schemas/events'
import { InboxCommand, InboxUpdate } from '../src/schemas/inbox'
import { Capability } from '../src/schemas/members'
import { Command, Live } from '../src/schemas/socket'

const read = (file: string) => readFileSync(file, 'utf8')
const ours = (patterns: string[]) => globSync(patterns, { exclude: ['**/node_modules/**'] })
const pages = ours(['*.md', 'docs/**/*.md', 'bench/**/*.md', 'src/**/*.md', 'test/**/*.md'])
const texts = pages.map((page) => ({ page, text: read(page) }))
const sources = ours(['{src,test,bench,scripts}/**/*.ts', '*.ts', '*.toml'])

/** Without what is to be pasted or looked at. */
const prose = (text: string) => text.replace(/^```[\s\S]*?^```$/gm, '')

/** The anchors of a page, as GitHub makes them of its headings. */
const anchorsOf = (page: string) =>
  [...prose(read(page)).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** What is wrong with a link from a page or a source, or nothing. */
function faultOf(from: string, link: string): string[] {
  const [path = '', anchor] = link.split('#')
  const target = path === '' ? from : normalize(join(dirname(from), path))
  if (!existsSync(target)) return [`${from}: there is no ${link}`]
  if (anchor === undefined || (target.endsWith('.md') && anchorsOf(target).includes(anchor)))
    return []
  return [`${from}: ${target} has no #${anchor}`]
}

it('every relative link leads somewhere, anchors too', () => {
  const links = texts.flatMap(({ page, text }) =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => ({ page, link })),
  )
  const relative = links.filter(({ link }) => !/^(https?:|mailto:|\/)/.test(link))
  expect(relative.length).toBeGreaterThan(50)
  expect(relative.flatMap(({ page, link }) => faultOf(page, link))).toEqual([])
})

it('every page is linked from the README or the index of the docs', () => {
  const reached = ['README.md', 'docs/README.md', 'docs/decisions/README.md'].flatMap((page) =>
    [...read(page).matchAll(/\]\(([^)\s#]+)/g)].map(([, link = '']) =>
      normalize(join(dirname(page), link)),
    ),
  )
  const documents = pages.filter(
    (page) => /^(docs\/|[A-Z]+\.md$)/.test(page) && page !== 'README.md',
  )
  expect(documents.filter((page) => !reached.includes(page))).toEqual([])
})

it('every path that a page names exists', () => {
  const named = texts.flatMap(({ page, text }) =>
    [
      ...prose(text).matchAll(
        /`((?:src|test|bench|scripts|docs|migrations|\.github|\.ci)\/[\w./-]*)`/g,
      ),
    ].map(([, path = '']) => ({ page, path })),
  )
  expect(named.length).toBeGreaterThan(50)
  const missing = named.filter(({ path }) => !existsSync(path))
  expect(missing.map(({ page, path }) => `${page}: ${path}`)).toEqual([])
})

it('every page of the docs that a source cites exists, and so does its section', () => {
  const cited = sources.flatMap((source) =>
    [...read(source).matchAll(/\bdocs\/[\w./-]+\.md(?:#[\w-]+)?/g)].map(([link]) => ({
      source,
      link,
    })),
  )
  const faults = cited.flatMap(({ source, link }) =>
    faultOf('README.md', link).map((fault) => `${source}: ${fault}`),
  )
  expect(faults).toEqual([])
})

it('every command that a page names is a script of package.json', () => {
  const { scripts } = JSON.parse(read('package.json'))
  const named = texts.flatMap(({ page, text }) =>
    [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = '']) => ({ page, name })),
  )
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter(({ name }) => !(name in scripts))).toEqual([])
})

/** The rows of a section's tables, as cells without their backticks. */
const rowsOf = (page: string, heading: string) => {
  const section = read(page).split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| ---'))
  return rows.slice(1).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
}
const bare = (cell = '') => cell.replaceAll('`', '')

describe('docs/configuration.md', () => {
  const page = 'docs/configuration.md'
  const toml = read('wrangler.toml')

  it('has every variable with its default, and no other', () => {
    const [, vars = ''] = toml.split(/^\[vars\]$|^\[secrets\]$/m)
    const declared = [...vars.matchAll(/^([A-Z_]+) = "(.*)"/gm)].map(([, name, value]) => [
      name,
      value,
    ])
    const secrets = JSON.parse(/^required = (\[.*\])$/m.exec(toml)?.[1] ?? '[]') as string[]
    const optional = ours(['src/**/*.ts']).flatMap((file) => [
      ...read(file).matchAll(/^ {2}interface Env \{\s+(\w+)\?: string/gm),
    ])
    expect(optional.length).toBeGreaterThan(1)
    secrets.push(...optional.map(([, name = '']) => name))
    const told = rowsOf(page, 'Variables').map((row) => row.slice(0, 2).map(bare))
    expect(told.sort()).toEqual([...declared, ...secrets.map((name) => [name, 'none'])].sort())
  })

  it('has every binding, and no other', () => {
    const declared = [
      ...toml
        .replaceAll(/^\[\[ratelimits\]\]\nname/gm, '')
        .matchAll(/^(?:binding|name) = "([A-Z]+)"/gm),
    ]
    expect(
      rowsOf(page, 'Bindings')
        .map(([name]) => bare(name))
        .sort(),
    ).toEqual(declared.map(([, name]) => name).sort())
  })

  it('has every rate limit with its number', () => {
    const declared = [
      ...toml.matchAll(
        /^name = "([A-Z_]+)"\nnamespace_id = .*\nsimple = \{ limit = (\d+), period = 60 \}/gm,
      ),
    ]
    expect(declared.length).toBeGreaterThan(0)
    expect(rowsOf(page, 'Rate limits').map(([name, limit]) => [bare(name), limit])).toEqual(
      declared.map(([, name, limit]) => [name, limit]),
    )
  })

  const units: Record<string, number> = {
    KiB: 1024,
    MiB: 1024 ** 2,
    MB: 1e6,
    s: 1000,
    min: 60_000,
    h: 3_600_000,
    d: 86_400_000,
  }

  it.each(rowsOf(page, 'Limits'))('%s: %s, as %s says', (_, value = '', constant = '') => {
    const [, name = '', file = ''] = /^`(\w+)` in `(.+)`$/.exec(constant) ?? []
    const [, number = '', unit] = /^([\d,]+)(?: (\w+))?$/.exec(value) ?? []
    const told = Number(number.replaceAll(',', '')) * (unit ? (units[unit] ?? Number.NaN) : 1)
    const source = new RegExp(
      `^(?:export )?const ${name} = (?:text\\(\\d+, )?([\\d_ */.]+)`,
      'm',
    ).exec(read(file))?.[1]
    const factors = (source ?? 'NaN').replaceAll('_', '').split(/(\*\*?)/)
    expect(told).toBe(product(factors) * (name.endsWith('_SECONDS') ? 1000 : 1))
  })

  function product([first, ...rest]: string[]): number {
    let result = Number(first)
    for (let i = 0; i < rest.length; i += 2) {
      result = rest[i] === '**' ? result ** Number(rest[i + 1]) : result * Number(rest[i + 1])
    }
    return result
  }
})

describe('docs/socket.md', () => {
  const told = read('docs/socket.md')
  const literals = (options: readonly { shape: Record<string, unknown> }[], key: string) =>
    options.map(({ shape }) => (shape[key] as { value: string }).value)

  it.each([
    ['event', literals(Event.options, 'type')],
    ['live', literals(Live.options, 'type')],
    ['`do`', literals(Command.options, 'do')],
  ])('has every %s, and no other', (head, names) => {
    const [, rows = ''] = told.split(`\n| ${head} | `)
    const [table = ''] = rows.split('\n\n')
    const firsts = table
      .split('\n')
      .slice(2)
      .map((row) => row.split('|')[1] ?? '')
    const listed = firsts.flatMap((cell) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    )
    expect(listed.sort()).toEqual([...names].sort())
  })

  const [, inbox = ''] = told.split('\n## The inbox\n')
  const tableOf = (head: string) => inbox.split(`\n| ${head} | `)[1]?.split('\n\n')[0] ?? ''
  const rowsOf = (head: string) =>
    tableOf(head)
      .split('\n')
      .slice(2)
      .flatMap((row) => {
        const [, names = '', fields = ''] = row.split('|')
        return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, fields }))
      })

  it.each([
    ['update', InboxUpdate.options, 'type'],
    ['`do`', InboxCommand.options, 'do'],
  ] as const)('has every %s of the inbox with its fields, and no other', (head, options, key) => {
    const listed = rowsOf(head)
    expect(listed.map(({ name }) => name).sort()).toEqual(literals(options, key).toSorted())
    const missing = options.flatMap(({ shape }) => {
      const name = (shape as unknown as Record<string, { value: string }>)[key]?.value
      const { fields = '' } = listed.find((row) => row.name === name) ?? {}
      return Object.keys(shape)
        .filter((field) => field !== key && field !== 'ref' && !fields.includes(`\`${field}\``))
        .map((field) => `${name} ${field}`)
    })
    expect(missing).toEqual([])
  })
})

it('docs/dependencies.md gives a reason for every dependency, and for no other', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'))
  const told = (heading: string) =>
    rowsOf('docs/dependencies.md', heading)
      .map(([name]) => bare(name))
      .sort()
  expect(told('Runtime')).toEqual(Object.keys(dependencies).sort())
  expect(told('Development')).toEqual(Object.keys(devDependencies).sort())
  for (const [heading, suite] of [
    ['Browser tools', 'browser'],
    ['Contract tools', 'contract'],
  ] as const) {
    const tools = JSON.parse(read(`test/${suite}/package.json`)).devDependencies
    expect(told(heading)).toEqual(Object.keys(tools).sort())
  }
})

describe('docs/decisions/', () => {
  const decisions = globSync('docs/decisions/[0-9]*.md').sort()

  it('has an index with each page, its title, status and date', () => {
    const index = [
      ...read('docs/decisions/README.md').matchAll(
        /^\| (\d{4}) \| \[(.+?)\]\((.+?)\) \| (\w+) \| ([\d-]+) \|$/gm,
      ),
    ]
    const told = decisions.map((page) => {
      const text = read(page)
      const [, number, title] = /^# (\d{4})\. (.+)$/m.exec(text) ?? []
      const [, status] = /^- Status: (\w+)/m.exec(text) ?? []
      const [, date] = /^- Date: ([\d-]+)/m.exec(text) ?? []
      return [number, title, page.slice('docs/decisions/'.length), status, date]
    })
    expect(index.map((row) => row.slice(1))).toEqual(told)
  })

  it.each(decisions)('%s has a context, a decision and evidence', (page) => {
    const headings = [...read(page).matchAll(/^## (.+)$/gm)].map(([, heading]) => heading)
    expect(headings.slice(0, 3)).toEqual(['Context', 'Decision', 'Evidence'])
    expect(read(page)).toMatch(/^- Status: (accepted|rejected|superseded)/m)
  })
})

it('the decision about long files names those that are longer, and no other', () => {
  const [, list = ''] = /^const LONG = \[([^\]]*)\]/m.exec(read('test/architecture.test.ts')) ?? []
  const longer = [...list.matchAll(/'([^']+)'/g)].map(([, name]) => `src/${name}.ts`)
  const [decision] = globSync('docs/decisions/*-file-size-limit.md')
  const told = [...read(decision ?? '').matchAll(/^- `(src\/[^`]+)`/gm)].map(([, path]) => path)
  expect(told.sort()).toEqual(longer.sort())
})

it('docs/architecture.md names only tests that exist', () => {
  const named = [
    ...read('docs/architecture.md').matchAll(/`(test\/[\w./-]+\.test\.ts)`: "([^"]+)"/g),
  ]
  expect(named.length).toBeGreaterThan(10)
  const missing = named.filter(
    ([, file = '', title = '']) => !existsSync(file) || !read(file).includes(title),
  )
  expect(missing.map(([whole]) => whole)).toEqual([])
})

it('docs/api.md knows the capabilities that routes ask for', () => {
  const named = [
    ...read('docs/api.md').matchAll(/capabilit(?:y|ies) ((?:`[a-z_.]+`(?:, )?)+)/g),
  ].flatMap(([, list = '']) => [...list.matchAll(/`([^`]+)`/g)].map(([, name]) => name as string))
  expect(named.filter((name) => !(Capability.options as string[]).includes(name))).toEqual([])
})

it('the workflow on GitHub runs the same script as every other machine', () => {
  expect(read('.github/workflows/ci.yml')).toContain('bash .ci/run')
  expect(statSync('.ci/run').mode & 0o100).toBeTruthy()
})

it('the README and the page of the socket tell clients to send a ping first', () => {
  for (const page of ['README.md', 'docs/socket.md']) {
    expect(read(page).replaceAll('\n', ' ')).toMatch(/send a ping as soon as the socket opens/i)
  }
})

it('docs/security.md names a test for each promise, and it is there', () => {
  const promises = rowsOf('docs/security.md', 'What is promised, and the test of it')
  expect(promises.length).toBeGreaterThan(20)
  expect(promises.filter(([, cell = '']) => !isTest(cell))).toEqual([])
})

/** Whether a cell is a file of tests and the name of one that is in it. */
function isTest(cell: string): boolean {
  const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/.exec(cell) ?? []
  return read(file).replaceAll("\\'", "'").includes(title)
}

describe('docs/security.md, line by line of ASVS', () => {
  const answers = rowsOf('docs/security.md', 'OWASP ASVS 5.0, level 2, line by line')
  // How many lines of levels 1 and 2 each section of chapters 6 to 10 has.
  const sections: Record<string, number> = {
    '6.1': 3,
    '6.2': 12,
    '6.3': 4,
    '6.4': 4,
    '6.5': 5,
    '6.6': 3,
    '6.8': 4,
    '7.1': 3,
    '7.2': 4,
    '7.3': 2,
    '7.4': 5,
    '7.5': 2,
    '7.6': 2,
    '8.1': 2,
    '8.2': 3,
    '8.3': 1,
    '8.4': 1,
    '9.1': 3,
    '9.2': 4,
    '10.1': 2,
    '10.2': 2,
    '10.3': 4,
    '10.4': 11,
    '10.5': 5,
    '10.6': 2,
    '10.7': 3,
  }

  it('answers every line', () => {
    const lines = Object.entries(sections).flatMap(([section, count]) =>
      Array.from({ length: count }, (_, i) => `${section}.${i + 1}`),
    )
    expect(answers.map(([line]) => line)).toEqual(lines)
  })

  it.each(answers)('%s %s: by a test that is there, or in words', (_line, _asks, answer = '') => {
    if (/^(?:By document|By design|Not met|Not applicable): \S/.test(answer)) return
    expect(isTest(answer)).toBe(true)
  })
})
