import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { SearchResult } from '../../src/schemas/search'
import { eventually } from '../fixtures/eventually'
import * as media from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import type { User } from '../fixtures/users'

/** A room where bo said these things; `search` is ana's and gives what was found, with <marks>. */
async function talk(...said: string[]) {
  const room = await createScenario()
  for (const text of said) await room.bo.post(`${room.path}/messages`, newMessage(text))
  const ask = (q: string, more = '', who: User = room.ana) =>
    who.get(`${room.path}/search?q=${encodeURIComponent(q)}${more}`)
  const search = async (q: string, more = '', who: User = room.ana): Promise<string[]> =>
    (await ask(q, more, who)).body.items.map(marked)
  return { ...room, ask, search }
}

const marked = ({ snippet }: SearchResult) =>
  snippet.map(({ text, match }) => (match ? `<${text}>` : text)).join('')

it('all words must be there, in any order, whatever their case and accents', async () => {
  const { search } = await talk('See you at the Harbour', 'the harbour at Éze', 'at eight')
  expect(await search('AT harbour')).toEqual([
    'the <harbour> <at> Éze',
    'See you <at> the <Harbour>',
  ])
  expect(await search('eze')).toEqual(['the harbour at <Éze>'])
  expect(await search('ｈａｒｂｏｕｒ see')).toEqual(['<See> you at the <Harbour>'])
  expect(await search('harbours')).toEqual([])
})

it('a phrase is its words side by side, a prefix any word that begins so', async () => {
  const { search } = await talk('the old harbour', 'old, the harbour', 'harbourmaster')
  expect(await search('"the harbour"')).toEqual(['old, <the harbour>'])
  expect(await search('"old harb"*')).toEqual(['the <old harbour>'])
  expect(await search('harb*')).toEqual([
    '<harbourmaster>',
    'old, the <harbour>',
    'the old <harbour>',
  ])
  expect(await search('"the harbour')).toEqual(['old, <the harbour>'])
})

it('any part of a sentence without spaces is found, and emoji are', async () => {
  const { search } = await talk('明日東京タワーへ行く', '東の京', 'ไปท่าเรือกัน', 'done 🎉', 'I ❤️ it')
  expect(await search('東京')).toEqual(['明日<東京>タワーへ行く'])
  expect(await search('タワー*')).toEqual(['明日東京<タワー>へ行く'])
  expect(await search('ท่าเรือ')).toEqual(['ไป<ท่าเรือ>กัน'])
  expect(await search('🎉')).toEqual(['done <🎉>'])
  expect(await search('❤')).toEqual(['I <❤️> it'])
})

it('from: finds an author by name, id and @me, also what they wrote under an older name', async () => {
  const { ana, bo, path, stub, search } = await talk('ahoy from bo')
  await ana.post(`${path}/messages`, newMessage('ahoy from ana'))
  expect(await search(`ahoy from:${bo.username}`)).toEqual(['<ahoy> from bo'])
  expect(await search(`ahoy from:@${bo.username.toUpperCase()}`)).toEqual(['<ahoy> from bo'])
  expect(await search(`from:${bo.id}`)).toEqual(['ahoy from bo'])
  expect(await search('from:@me')).toEqual(['ahoy from ana'])
  expect(await search(`from:@me from:${bo.id}`)).toEqual(['ahoy from ana', 'ahoy from bo'])
  expect(await search('ahoy from:nobody')).toEqual([])
  await stub.applyProfile({
    id: bo.id,
    username: 'bosun',
    displayName: 'Bosun',
    avatar: null,
    version: 2,
    suspendedUntil: null,
    deleted: false,
    erased: false,
  })
  expect(await search('ahoy from:bosun')).toEqual(['<ahoy> from bo'])
  expect(await search(`ahoy from:${bo.username}`)).toEqual([])
  expect(await search('"from:bo"')).toEqual(['ahoy <from bo>'])
})

it('has: finds what messages have, until it is taken away', async () => {
  const { ana, bo, room, path, search } = await talk('see https://sea.example/map')
  await ana.patch(path, { plainFiles: true })
  const { body: shown } = await bo.post(`${path}/messages`, {
    ...newMessage('the quay'),
    attachments: [await media.uploadPicture(bo, room.id)],
  })
  const note = new TextEncoder().encode('tides of the week')
  const { media: file } = await media.upload(bo, room.id, note, {
    type: 'text/plain',
    name: 'tides.txt',
  })
  await bo.post(`${path}/messages`, { nonce: 'silent', attachments: [file?.id] })
  expect(await search('has:link')).toEqual(['see https://sea.example/map'])
  expect(await search('has:photo quay')).toEqual(['the <quay>'])
  expect(await search('has:file')).toEqual([''])
  expect(await search('has:photo has:link')).toEqual([])
  await bo.delete(`${path}/messages/${shown.seq}`)
  expect(await search('has:photo')).toEqual([])
})

it('before: and after: leave out the day they name', async () => {
  const { stub, search } = await talk('one', 'two', 'three')
  await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    for (const [seq, day] of [
      [3, '2026-03-01'],
      [4, '2026-03-02'],
      [5, '2026-03-03'],
    ] as const) {
      sql.exec('update messages set created_at = ? where seq = ?', Date.parse(day), seq)
    }
  })
  expect(await search('two before:2026-03-03')).toEqual(['<two>'])
  expect(await search('two after:2026-03-01 before:2026-03-03')).toEqual(['<two>'])
  expect(await search('two after:2026-03-02')).toEqual([])
  expect(await search('three after:2026-03-02')).toEqual(['<three>'])
  expect(await search('one before:2026-03-01')).toEqual([])
})

it.each(['newest', 'relevance'])(
  'pages by %s hold each match once, also while others post',
  async (order) => {
    const texts = Array.from(
      { length: 23 },
      (_, i) => `sail ${'sail '.repeat(i % 4)}${'x '.repeat(i % 5)}`,
    )
    const { bo, path, ask } = await talk(...texts)
    const found: SearchResult[] = []
    let cursor = ''
    for (let page = 0; page < 5; page += 1) {
      const { body } = await ask('sail', `&order=${order}&limit=5${cursor && `&cursor=${cursor}`}`)
      found.push(...body.items)
      cursor = body.nextCursor ?? ''
      await bo.post(`${path}/messages`, newMessage('sail sail sail'))
    }
    expect(cursor).toBe('')
    const seqs = found.map(({ message }) => message.seq)
    expect(seqs.toSorted((a, b) => a - b)).toEqual(texts.map((_, i) => i + 3))
    if (order === 'newest') expect(seqs).toEqual(seqs.toSorted((a, b) => b - a))
  },
)

it('relevance puts what is said more often, and in fewer words, first', async () => {
  const { search } = await talk(
    'sail',
    'we sail and sail away',
    `sail ${'on and '.repeat(30)}`,
    'sail',
  )
  const found = await search('sail', '&order=relevance')
  expect(found.map((text) => text.slice(0, 12))).toEqual([
    'we <sail> an',
    '<sail>',
    '<sail>',
    '<sail> on an',
  ])
})

it('a snippet is the part around the match, of plain pieces', async () => {
  const long = `${'mist '.repeat(100)}the <b>lighthouse</b> ${'& fog '.repeat(100)}`
  const { ask } = await talk(long, `${'霧'.repeat(300)}灯台${'🌫'.repeat(300)}`)
  const [{ snippet }] = (await ask('lighthouse')).body.items
  expect(snippet.map(({ match }: { match: boolean }) => match)).toEqual([false, true, false])
  expect(snippet[0].text).toMatch(/^…mist (mist )+the <b>$/)
  expect(snippet[1].text).toBe('lighthouse')
  expect(snippet[2].text).toMatch(/^<\/b> (& fog )+&?( fog)?…$/)
  const [{ snippet: spaceless }] = (await ask('灯台')).body.items
  const texts = spaceless.map(({ text }: { text: string }) => text)
  expect(texts[0]).toMatch(/^…霧{50}$/)
  expect(texts[1]).toBe('灯台')
  expect(texts.every((text: string) => text.isWellFormed())).toBe(true)
})

it('whatever is typed finds something, finds nothing, or is refused for a reason', async () => {
  const { ask, search } = await talk('AND a not near("x") or words : y', '{b}')
  expect(await search('AND NOT NEAR OR')).toHaveLength(1)
  expect(await search('-words:^(a)')).toEqual([])
  expect(await search('words : y')).toHaveLength(1)
  expect(await search('{b}')).toEqual(['{<b>}'])
  for (const q of ['"', '*', '""*', '^-:()', "';--", ' ', '\0', 'a\0b', 'x'.repeat(10_000), 'a*']) {
    expect([q, (await ask(q)).body.code]).toEqual([q, 'invalid'])
  }
  for (const q of ['has:', 'has:cats', 'before:', 'after:tomorrow', 'before:2026-02-30', 'from:']) {
    expect([q, (await ask(q)).body.code]).toEqual([q, 'invalid'])
  }
  expect((await ask('before:2026-01-01')).body.errors[0].path).toBe('q')
  expect((await ask('語'.repeat(33))).body.code).toBe('invalid')
  expect((await ask('語'.repeat(32))).status).toBe(200)
  expect((await ask('a', '&cursor=x')).body.code).toBe('invalid')
})

it('results are messages as their reader sees them', async () => {
  const { ana, bo, path, ask, seq } = await talk('react to me')
  await bo.put(`${path}/messages/${seq + 1}/reactions/%F0%9F%91%8D/@me`)
  const of = async (who: User) => (await ask('react', '', who)).body.items[0].message
  expect(await of(ana)).toEqual((await ana.get(`${path}/messages/${seq + 1}`)).body)
  expect((await of(bo)).reactions).toEqual([{ emoji: '👍', count: 1, me: true }])
})

it('an outsider of a closed room finds nothing out, not even whether it is indexed', async () => {
  const { ana, cy, path, ask } = await talk('secret')
  await ana.patch(path, { access: 'closed', listed: false })
  expect((await ask('secret', '', cy)).body.code).toBe('not_found')
  expect((await ask('"', '', cy)).body.code).toBe('not_found')
})

it('what is edited, deleted or erased is found as it is now, at once', async () => {
  const { ana, bo, path, stub, seq, search } = await talk('ebb one', 'ebb two', 'ebb three')
  expect(await search('ebb')).toHaveLength(3)
  await bo.patch(`${path}/messages/${seq + 1}`, { text: 'flow one' })
  await bo.delete(`${path}/messages/${seq + 2}`)
  expect(await search('ebb')).toEqual(['<ebb> three'])
  expect(await search('flow')).toEqual(['<flow> one'])
  expect(await search('one')).toEqual(['flow <one>'])
  await ana.delete(`${path}/messages?authorId=${bo.id}`)
  expect(await search('flow', '&order=relevance')).toEqual([])
  expect(await search('ebb')).toEqual([])
  await eventually(async () => {
    await runDurableObjectAlarm(stub)
    const left = await runInDurableObject(stub, (_room, { storage: { sql } }) =>
      sql.exec('select author_id from erasures').toArray(),
    )
    expect(left).toEqual([])
  })
  expect(await search('flow')).toEqual([])
  await bo.post(`${path}/messages`, newMessage('flow again'))
  expect(await search('flow')).toEqual(['<flow> again'])
})
