import { describe, expect, it } from 'vitest'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUser } from '../fixtures/users'

// Zero width space, Hangul filler, blank Braille pattern, soft hyphen, half-width filler, variation selector, word joiner,
// a tag, a null notehead, a bidi mark, a no-break space, and some of them together.
const NOTHING = [
  '\u200b',
  '\u3164',
  '\u2800',
  '\u00ad',
  '\uffa0',
  '\ufe0f',
  '\u2060',
  '\u{e0061}',
  '\u{1d159}',
  '\u200f',
  '\u00a0',
  ' \u200b\u3164\u2800 ',
]
// Controls, bidi overrides and isolates, separators of lines, spaces that are not the space, private use, unassigned.
const NOT_IN_NAMES = [
  '\u202e',
  '\u2066',
  '\u2028',
  '\u0085',
  '\u00a0',
  '\u3000',
  '\ue000',
  '\u{1fffe}',
]
// A family, a flag of tags, a keycap, a flag, Persian, Hindi, Sinhala, Hebrew and Arabic with points, accents.
const PEOPLE = ['Ana 👨‍👩‍👧', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 Bo', '#️⃣', '🇩🇪', 'می‌خواهم', 'क्‍ष', 'ශ්‍රී', 'שָׁלוֹם', 'مُحَمَّد', 'Zoë', '1']

describe('text that renders as nothing', () => {
  it('is refused as a message, a name, a biography, a room name, a topic and a reason', async () => {
    const { ana, bo, path } = await createScenario()
    for (const text of NOTHING) {
      const posted = await bo.post(`${path}/messages`, newMessage(text))
      expect([text, posted.status]).toEqual([text, 400])
      for (const body of [{ name: text }, { topic: text }, { topic: 'x', reason: text }]) {
        expect([text, (await ana.patch(path, body)).status]).toEqual([text, 400])
      }
      for (const body of [{ displayName: text }, { bio: text }]) {
        expect([text, (await bo.patch('/v1/me', body)).status]).toEqual([text, 400])
      }
    }
  })

  it('is no edit either, and beside something that is seen it may stay in a message', async () => {
    const { bo, path } = await createScenario()
    const { body } = await bo.post(`${path}/messages`, newMessage('soft\u00adhyphen \u200b'))
    expect(body.text).toBe('soft\u00adhyphen \u200b')
    const edit = await bo.patch(`${path}/messages/${body.seq}`, { text: '\u3164' })
    expect(edit).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })
})

describe('a name', () => {
  it('takes no character that hides, turns or breaks its line', async () => {
    const ana = await createUser('Ana')
    for (const one of NOT_IN_NAMES) {
      const name = `Si${one}te staff`
      expect([one, (await ana.patch('/v1/me', { displayName: name })).status]).toEqual([one, 400])
      expect([one, (await ana.post('/v1/rooms', { name })).status]).toEqual([one, 400])
    }
    const latin = await ana.patch('/v1/me', { displayName: 'ad\u200cmin' })
    expect(latin.status).toBe(400)
  })

  it('is written as people write theirs', async () => {
    const ana = await createUser('Ana')
    for (const name of PEOPLE) {
      const { status, body } = await ana.patch('/v1/me', { displayName: name })
      expect([name, status, body.displayName]).toEqual([name, 200, name.normalize('NFC')])
      await createRoom(ana, { name })
    }
  })
})
