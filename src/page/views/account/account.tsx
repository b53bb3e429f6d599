import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Me } from '../../../client/protocol'
import { useMe } from '../../../client/react/chatroom-react'
import { type AccountPart, addressOf } from '../../app/routes'
import { useTitle } from '../../app/title'
import { Icon, type IconName } from '../../components/icon'
import { Skeleton } from '../../components/states'
import { ViewFrame } from '../view-frame'
import { Data } from './data'
import { Devices } from './devices'
import { Notifications } from './notifications'
import { Privacy } from './privacy'
import { Profile } from './profile'
import { Security } from './security'
import { StepUp } from './step-up'

interface Part {
  part: AccountPart
  title: string
  icon: IconName
  View: ComponentType<{ me: Me }>
}

const PARTS: readonly Part[] = [
  { part: 'profile', title: 'Profile', icon: 'smile', View: Profile },
  { part: 'security', title: 'Sign-in and security', icon: 'lock', View: Security },
  { part: 'devices', title: 'Devices', icon: 'shield', View: Devices },
  { part: 'privacy', title: 'Privacy', icon: 'people', View: Privacy },
  { part: 'notifications', title: 'Notifications', icon: 'bell', View: Notifications },
  { part: 'data', title: 'Your data', icon: 'file', View: Data },
]

/** One's own account: its parts at the side, the one that is chosen beside them. */
export function Account({ part }: { part: AccountPart }) {
  const me = useMe()
  const { title, View } = PARTS.find((one) => one.part === part) ?? (PARTS[0] as Part)
  useTitle(title)
  return (
    <ViewFrame title="Your account">
      <div class="account-view">
        <Parts current={part} />
        <section class="account-part" aria-labelledby="account-part">
          <h2 id="account-part">{title}</h2>
          {me ? <View key={part} me={me} /> : <Skeleton rows={4} label="Loading your account" />}
        </section>
      </div>
      <StepUp />
    </ViewFrame>
  )
}

function Parts({ current }: { current: AccountPart }) {
  const list = useRef<HTMLElement>(null)
  // On a phone they are one line, and the current one may be outside.
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>(
      `[href="${addressOf.account(current)}"]`,
    )
    if (list.current && chosen) list.current.scrollLeft = chosen.offsetLeft - 24
  }, [current])
  return (
    <nav class="account-parts" aria-label="Your account" ref={list}>
      {PARTS.map(({ part, title, icon }) => (
        <a
          key={part}
          class="way"
          href={addressOf.account(part)}
          aria-current={part === current ? 'page' : undefined}
        >
          <Icon name={icon} /> {title}
        </a>
      ))}
    </nav>
  )
}
