import type { Bundle } from '../runtime/bundle'
import type { Fault } from './ledger'

/** A way in which a room could be wrong, put into the built script, and what it must be caught at. */
export interface Breakage {
  name: string
  fault: Fault
  changes: [piece: RegExp, instead: string][]
}

export const breakages: Breakage[] = [
  {
    name: 'inboxes are told once and never again',
    fault: 'inbox',
    changes: [
      [/async compare\((\w+)\) \{/, 'async compare($1) { return;'],
      [/ repeat\((\w+)\) \{/, ' repeat($1) { return;'],
    ],
  },
  {
    name: 'answers before its commit',
    fault: 'lost',
    changes: [
      [
        /const result = this\.ports\.transaction\((\w+), isAtomic\);/,
        `let result; const early = {}
        try { this.ports.transaction(() => { result = $1(); throw early }, false) }
        catch (error) { if (error !== early) throw error }
        setTimeout(() => {
          const forth = this.ports.checkpoint(); undo()
          try { this.ports.transaction($1, isAtomic) } catch {} finally { forth() }
        }, 50)`,
      ],
    ],
  },
  {
    name: 'forgets nonces',
    fault: 'doubled',
    changes: [
      [/create unique index messages_by_nonce/, 'create index messages_by_nonce'],
      [/(function findByNonce\([^)]*\) \{)/, '$1 return undefined'],
    ],
  },
  {
    name: 'skips a seq now and then',
    fault: 'gap',
    changes: [[/(\w+)\.seq \+= 1;/, '$1.seq += Math.random() < 0.01 ? 2 : 1']],
  },
  {
    name: 'tells everybody, then rolls back',
    fault: 'reordered',
    changes: [
      [
        /const result = this\.ports\.transaction\((\w+), isAtomic\);/,
        `const result = this.ports.transaction(() => {
          const result = $1()
          if (result.events && Math.random() < 0.01) {
            news.events.push(...result.events)
            throw new Error('rolled back')
          }
          return result
        }, false)`,
      ],
    ],
  },
  {
    name: 'does not write markers down',
    fault: 'marker',
    changes: [[/sql\w*\.exec\(\s*"update members set read_seq = \?, read_n = \?[^;]*;/, '']],
  },
  {
    name: 'forgets what was in memory when it fell',
    fault: 'index',
    changes: [[/memberCounters\.#unwritten\.set\(author, [^;]*;/, '']],
  },
  {
    name: 'tells the index of nobody who left',
    fault: 'index',
    changes: [[/(\w+)(\.map\(toProjectionMember\d*\))/, '$1.filter((r) => !r.left_at)$2']],
  },
  {
    name: 'keeps only in memory that the index is behind',
    fault: 'index',
    changes: [[/\w+\(this\.storage, JOB\d*, "", dueAt\d*\);/, '']],
  },
]

/** The bundle with the breakage in it. The bundler numbers names that are taken, local ones too. Throws when a piece is not there exactly once. */
export function broken(bundle: Bundle, { name, changes }: Breakage): Bundle {
  let { script } = bundle
  for (const [piece, instead] of changes) {
    const found = script.match(new RegExp(piece, 'g'))?.length ?? 0
    if (found !== 1) throw new Error(`"${name}": ${piece} is ${found} times in the bundle`)
    script = script.replace(piece, instead)
  }
  return { ...bundle, script }
}
