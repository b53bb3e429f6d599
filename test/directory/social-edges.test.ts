import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import * as blocks from '../../src/directory/blocks'
import { open } from '../../src/directory/database'
import * as follows from '../../src/directory/follows'
import * as friends from '../../src/directory/friends'
import * as relationView from '../../src/directory/relation-view'
import * as edges from '../../src/directory/social-edges'
import { FOLDING } from '../../src/folding'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { befriend, listIds } from '../fixtures/relations'
import { createUser, type User } from '../fixtures/users'

const directory = open(env.DB)
const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])

async function plan({ sql, params }: { sql: string; params: unknown[] }): Promise<string[]> {
  const statement = env.DB.prepare(`explain query plan ${sql}`).bind(...params)
  const { results } = await statement.all<{ detail: string }>()
  return results.map(({ detail }) => detail)
}

/** Inserts `count` edges of one user, each to a new user. */
async function crowd({ id }: User, kind: edges.EdgeKind, count: number) {
  const numbers = `with recursive n(i) as (select 1 union all select i + 1 from n where i < ${count})`
  await env.DB.batch([
    env.DB.prepare(
      `insert into users (id, display_name, folded_name, fold_version, created_at)
      ${numbers} select ?1 || i, '', '', ${FOLDING}, 0 from n`,
    ).bind(`${id.slice(0, 30)}${kind}`),
    env.DB.prepare(
      `insert into ties (from_id, kind, to_id, at) ${numbers} select ?2, ?3, ?1 || i, 0 from n`,
    ).bind(`${id.slice(0, 30)}${kind}`, id, kind),
  ])
}

describe('a list of edges', () => {
  it.each([null, [1, 'some-id'] as [number, string]])(
    'is a range of an index that gives the order too',
    async (after) => {
      const page = { kind: 'follow', limit: 50, after } as const
      const [out] = await plan(
        edges.selectPage(directory, 'a', { ...page, direction: 'out' }).toSQL(),
      )
      const rest = after ? ' AND (at,to_id)<(?,?)' : ''
      expect(out).toBe(`SEARCH ties USING COVERING INDEX ties_out (from_id=? AND kind=?${rest})`)
      const [into] = await plan(
        edges.selectPage(directory, 'a', { ...page, direction: 'in' }).toSQL(),
      )
      expect(into).toContain(
        'SEARCH ties USING COVERING INDEX ties_in (to_id=? AND kind=? AND hidden=?',
      )
    },
  )

  it('takes two statements with relations, whatever its length', async () => {
    const [ana, bo, cy] = await people()
    for (const other of [bo, cy]) await ana.put(`/v1/me/following/${other.id}`)
    const d1 = spyOnD1()
    await listIds(ana, 'following')
    d1.restore()
    expect(d1.queriesAbout(ana, bo, cy)).toHaveLength(2)
  })
})

it('reading a relation uses only primary keys', async () => {
  const steps = await plan(relationView.select(directory, 'a', ['b', 'c'], 0).toSQL())
  const scans = steps.filter((step) => /^SCAN/.test(step) && !/json_each|CONSTANT/.test(step))
  expect(scans).toEqual([])
  const edgeSteps = steps.filter((step) => / ties /.test(step))
  expect(new Set(edgeSteps.map((step) => step.replace(/.*\((.*)\)/, '$1')))).toEqual(
    new Set(['from_id=? AND kind=? AND to_id=?']),
  )
})

describe('the limit', () => {
  it('applies to unanswered requests, and lets one be sent again', async () => {
    const [ana, bo, cy] = await people()
    await crowd(ana, 'request', friends.MAX_REQUESTS - 1)
    const both = await Promise.all(
      [bo, cy].map((other) => ana.put(`/v1/me/friend-requests/${other.id}`)),
    )
    expect(both.map(({ body }) => body.code).sort()).toEqual(['too_many', undefined])
    const sent = both[0]?.status === 200 ? bo : cy
    expect((await ana.put(`/v1/me/friend-requests/${sent.id}`)).status).toBe(200)
  })

  it('applies to the friends of both users, whoever accepts', async () => {
    const [ana, bo, cy] = await people()
    await crowd(ana, 'friend', friends.MAX_FRIENDS)
    await ana.put(`/v1/me/friend-requests/${bo.id}`)
    expect((await bo.put(`/v1/me/friends/${ana.id}`)).body.code).toBe('too_many')
    expect((await bo.put(`/v1/me/friend-requests/${ana.id}`)).body.code).toBe('too_many')
    expect(await listIds(bo, 'friend-requests')).toEqual([ana.id])
    await cy.put(`/v1/me/friend-requests/${ana.id}`)
    expect((await ana.put(`/v1/me/friends/${cy.id}`)).body.code).toBe('too_many')
  })

  it('applies to follows and to blocks', async () => {
    const [ana, bo] = await people()
    await crowd(ana, 'follow', follows.MAX_FOLLOWING)
    await crowd(ana, 'block', blocks.MAX_BLOCKS)
    expect((await ana.put(`/v1/me/following/${bo.id}`)).body.code).toBe('too_many')
    expect((await ana.put(`/v1/me/blocks/${bo.id}`)).body.code).toBe('too_many')
    expect((await bo.put(`/v1/me/following/${ana.id}`)).status).toBe(200)
  })
})

it('a deletion removes all edges, also when there are more than one slice', async () => {
  const [ana, bo] = await people()
  await befriend(ana, bo)
  await crowd(ana, 'follow', 6000)
  await crowd(ana, 'block', 6000)
  await ana.delete('/v1/me?now=true')
  const left = env.DB.prepare('select count(*) as n from ties where from_id = ?1 or to_id = ?1')
  await eventually(async () => expect(await left.bind(ana.id).first('n')).toBe(0))
})
