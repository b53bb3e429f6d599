/** What the two of the demonstration say. */
export interface Line {
  by: 0 | 1
  text: string
  /** By which `to` of a reply finds it. */
  name?: string
  to?: string
  reactions?: string[]
  photo?: boolean
  pinned?: boolean
}

export const PEOPLE = [
  { username: 'ana', displayName: 'Ana López' },
  { username: 'bo', displayName: 'Bo Jensen' },
] as const

export const PLACE = {
  name: 'Harbour crew',
  topic: 'Tides, boats, coffee',
  chatter: [
    'The fog is lifting.',
    'I can see the east buoy from here.',
    'Is that the ferry, or somebody else?',
    'The ferry. Nine minutes late, as it should be.',
    'I put the kettle on.',
    'Bring the good cups.',
    'Wind is turning north.',
    'Then we take the small sail.',
  ],
}

export const LINES: readonly Line[] = [
  { by: 0, text: 'Morning! Low tide is at 8:40 today.' },
  { by: 0, text: 'We meet at the slip at eight. Bring gloves, the ropes are new.', pinned: true },
  {
    by: 1,
    text: 'I can be there at eight. Does anybody have the key to the shed?',
    name: 'key',
    reactions: ['👍'],
  },
  { by: 0, text: 'It hangs behind the door, as always.', to: 'key' },
  { by: 1, text: 'Found it, thanks!', to: 'key', reactions: ['🎉'] },
  { by: 0, text: 'This was an hour ago, from the pier.', photo: true, reactions: ['😮', '❤️'] },
  {
    by: 1,
    text: 'The forecast: https://example.com/forecast. Wind from the north, 12 knots, and it may turn around noon. I would take the small sail.',
  },
  { by: 1, text: '@other shall I bring coffee?' },
  { by: 0, text: 'Always ☕️', reactions: ['👍'] },
]
