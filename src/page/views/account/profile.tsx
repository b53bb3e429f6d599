import type { Me } from '../../../client/protocol'
import { useChat } from '../../../client/react/chatroom-react'
import { notify } from '../../app/announcer'
import { textOf, useForm } from '../../app/forms'
import { type Theme, useTheme } from '../../app/theme'
import { Choice } from '../../components/choice'
import { DocLinks } from '../../components/doc-links'
import { Field, FormProblem } from '../../components/field'
import { Block } from './block'
import { KeepAccount } from './keep-account'
import { patchMe } from './patch-me'
import { Picture } from './picture'

/** How others see the user, and how the user sees the page. */
export function Profile({ me }: { me: Me }) {
  return (
    <>
      {me.guest && <KeepAccount />}
      <Picture me={me} />
      <Words me={me} />
      <Appearance />
      <Block title="For those who build" text="All that this page does, it asks of this API.">
        <DocLinks />
      </Block>
    </>
  )
}

function Words({ me }: { me: Me }) {
  const chat = useChat()
  const { onSubmit, isBusy, problem, errors } = useForm(async (form) => {
    await patchMe(chat, {
      displayName: textOf(form, 'displayName'),
      bio: textOf(form, 'bio') || null,
    })
    notify('Your profile is saved.')
  })
  return (
    <Block title="Who you are" text="Everyone here may see this.">
      <form class="form" onSubmit={onSubmit}>
        <Field
          label="Your name"
          name="displayName"
          autocomplete="name"
          required
          maxlength={64}
          defaultValue={me.displayName}
          error={errors.displayName}
        />
        <Field
          label="About you"
          name="bio"
          rows={3}
          maxlength={500}
          defaultValue={me.bio ?? ''}
          hint="Up to 500 characters. Optional."
          error={errors.bio}
        />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          {isBusy ? 'Saving …' : 'Save profile'}
        </button>
      </form>
    </Block>
  )
}

const THEMES: readonly [Theme, string, string][] = [
  ['system', 'Like the device', 'Light by day and dark by night, where it changes.'],
  ['light', 'Light', 'Ink on paper.'],
  ['dark', 'Dark', 'For dim rooms.'],
]

function Appearance() {
  const [theme, setTheme] = useTheme()
  return (
    <Block title="Appearance" text="In this browser.">
      <fieldset class="choices choices-row">
        <legend class="visually-hidden">Theme</legend>
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
    </Block>
  )
}
