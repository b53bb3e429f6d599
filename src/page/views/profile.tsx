import type { Me } from '../../client/protocol'
import { useMe } from '../../client/react/chatroom-react'
import { type Theme, useTheme } from '../app/theme'
import { useTitle } from '../app/title'
import { Choice } from '../components/choice'
import { DocLinks } from '../components/doc-links'
import { Skeleton } from '../components/states'
import { Devices } from './devices'
import { KeepAccount } from './keep-account'
import { LeaveForGood } from './leave-for-good'
import { Password } from './password'
import { Privacy } from './privacy'
import { ProfileForm } from './profile-form'
import { ViewFrame } from './view-frame'

/** One's own account, and the devices that are signed in. */
export function Profile() {
  useTitle('Profile')
  const me = useMe()
  return (
    <ViewFrame title="Profile and devices">
      {me ? <Sections me={me} /> : <Skeleton rows={5} label="Loading your account" />}
    </ViewFrame>
  )
}

function Sections({ me }: { me: Me }) {
  const [theme, setTheme] = useTheme()
  return (
    <div class="sections">
      {me.guest && <KeepAccount />}
      <ProfileForm me={me} />
      <section class="section" aria-labelledby="appearance">
        <h2 id="appearance">Appearance</h2>
        <fieldset class="choices choices-row">
          <legend class="visually-hidden">Colours</legend>
          {THEMES.map(([value, title, text]) => (
            <Choice
              key={value}
              name="theme"
              value={value}
              chosen={theme}
              onChoose={setTheme}
              title={title}
              text={text}
            />
          ))}
        </fieldset>
      </section>
      <Privacy me={me} />
      <Devices />
      {!me.guest && <Password />}
      <LeaveForGood />
      <section class="section" aria-labelledby="docs">
        <h2 id="docs">For those who build</h2>
        <DocLinks />
      </section>
    </div>
  )
}

const THEMES: readonly [Theme, string, string][] = [
  ['system', 'System', 'As the device has it.'],
  ['light', 'Light', 'Paper.'],
  ['dark', 'Dark', 'Night.'],
]
