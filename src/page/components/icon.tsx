/** Drawn on 20 by 20, in lines of the colour of the text. */
const PATHS = {
  add: 'M10 4v12M4 10h12',
  archive: 'M3.5 4h13v3.5h-13zM5 7.5V16h10V7.5M8 10.5h4',
  attach:
    'M15.5 9.2l-5.4 5.4a3.6 3.6 0 0 1-5.1-5.1l6-6a2.4 2.4 0 0 1 3.4 3.4l-6 6a1.2 1.2 0 0 1-1.7-1.7l5.2-5.2',
  back: 'M12 4l-6 6 6 6',
  ban: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M5 5l10 10',
  bell: 'M5 13V9a5 5 0 0 1 10 0v4l1 1.5H4zM8.5 17h3',
  check: 'M4 10.5l4 4 8-9',
  close: 'M5 5l10 10M15 5L5 15',
  compass: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M12.8 7.2l-1.6 4-4 1.6 1.6-4z',
  copy: 'M8 8h8v8H8zM12 8V4H4v8h4',
  crown: 'M3.5 14.5h13M4 12l-1-6 4 2.5L10 4l3 4.5L17 6l-1 6z',
  down: 'M10 4v12M5 11l5 5 5-5',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11.5 5.5l3 3',
  exit: 'M8 4H4v12h4M8 10h9M13.5 6.5L17 10l-3.5 3.5',
  file: 'M5 3h6l4 4v10H5zM11 3v4h4',
  lock: 'M5 9h10v8H5zM7 9V6.5a3 3 0 0 1 6 0V9',
  mention: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0zv1a2 2 0 0 0 4 0v-1a7 7 0 1 0-2.8 5.6',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  mute: 'M4 8v4h3l4 3V5L7 8zM14 8l3 4M17 8l-3 4',
  people:
    'M8 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6M2.5 16c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5M13 4.3a3 3 0 0 1 0 5.4M15 12c1.6.6 2.5 2 2.5 4',
  pin: 'M7 3h6M8 3v5l-2.5 3h9L12 8V3M10 11v6',
  play: 'M7 5l8 5-8 5z',
  reply: 'M8 5L3.5 9.5 8 14M3.5 9.5H12a4.5 4.5 0 0 1 4.5 4.5v1.5',
  room: 'M7.5 3.5l-2 13M14.5 3.5l-2 13M4 7.5h12.5M3.5 12.5H16',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4M13 13l4 4',
  send: 'M3.5 10L17 3.5 12.5 17l-3-5.5z',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  shield: 'M10 3l6 2v5c0 4-3 6-6 7-3-1-6-3-6-7V5z',
  smile: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M7 12c1.5 2 4.5 2 6 0M7.5 8h.01M12.5 8h.01',
  star: 'M10 3l2.2 4.5 4.8.7-3.5 3.4.8 4.9L10 14.2l-4.3 2.3.8-4.9L3 8.2l4.8-.7z',
  trash: 'M4 6h12M8 6V4h4v2M5.5 6l1 11h7l1-11M8.5 9v5M11.5 9v5',
  unfold: 'M6.5 8L10 4.5 13.5 8M6.5 12l3.5 3.5 3.5-3.5',
  warning: 'M10 3.5L17.5 16h-15zM10 8v4M10 14h.01',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
