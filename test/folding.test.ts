import { describe, expect, it } from 'vitest'
import { fold } from '../src/folding'
import { parse } from '../src/room/search/query-parser'

describe('search finds a word however it is written', () => {
  it.each([
    ['große', 'GROẞE', 'GROSSE'],
    ['πόσος', 'ΠΟΣΟΣ', 'ποσοσ'],
    ['İrem', 'irem', 'IREM'],
    ['ılık', 'ILIK'],
    ['مُحَمَّد', 'محمد', 'مـحـمـد'],
    ['أحمد', 'احمد', 'آحمد', 'إحمد'],
    ['مدرسة', 'مدرسه'],
    ['علی', 'علي', 'على'],
    ['שָׁלוֹם', 'שלום'],
    ['ガス', 'ｶﾞｽ'],
    ['Ｈａｒｂｏｕｒ', 'harbour'],
    ['Łódź', 'lodz'],
    ['Øresund', 'oresund'],
    ['Đặng', 'dang'],
    ['Æbleskiver', 'aebleskiver'],
    ['œuvre', 'OEUVRE'],
    ['co\u00adope\u200brate', 'cooperate'],
    ['ﬁn', 'fin'],
    ['Ёлка', 'елка'],
  ])('%s', (first, ...others) => {
    for (const other of others) expect(fold(other)).toBe(fold(first))
  })

  it.each([
    ['ガス', 'カス'],
    ['हिन्दी', 'हनद'],
    ['ไม่', 'ไม'],
    ['a', 'ä1'],
  ])('and keeps %s and %s apart', (one, other) => {
    expect(fold(one)).not.toBe(fold(other))
  })

  it('folds what is folded to itself', () => {
    for (const text of ['GROẞE Łódź', 'مُحَمَّد', 'ｶﾞｽ', 'İrem', '한국어에서']) {
      expect(fold(fold(text))).toBe(fold(text))
    }
  })
})

describe('a day of a search', () => {
  const HOUR = 3_600_000
  const day = (q: string, timeZone: string) => {
    const { since, until } = parse(`x ${q}`, timeZone)
    return [since, until].map((time) => time && new Date(time).toISOString())
  }

  it('is one in the time zone of who asks', () => {
    expect(day('on:2026-11-22', 'UTC')).toEqual([
      '2026-11-22T00:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ])
    expect(day('on:2026-11-22', 'Asia/Tokyo')[0]).toBe('2026-11-21T15:00:00.000Z')
    expect(day('before:2026-11-22', '+05:30')).toEqual([null, '2026-11-21T18:30:00.000Z'])
    expect(day('after:2026-11-22', 'America/New_York')).toEqual(['2026-11-23T05:00:00.000Z', null])
  })

  it('has 23 or 25 hours where the clock is changed, and begins late where there is no midnight', () => {
    const hours = (date: string, zone: string) => {
      const { since, until } = parse(`x on:${date}`, zone)
      return ((until as number) - (since as number)) / HOUR
    }
    expect(hours('2026-03-29', 'Europe/Berlin')).toBe(23)
    expect(hours('2026-10-25', 'Europe/Berlin')).toBe(25)
    expect(hours('2018-11-04', 'America/Sao_Paulo')).toBe(23)
  })
})
