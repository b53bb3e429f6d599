import { useRef } from 'preact/hooks'
import type { Me } from '../../client/protocol'
import { useChat } from '../../client/react/chatroom-react'
import { notify } from '../app/announcer'
import { useAction } from '../app/requests'
import { Avatar } from '../components/avatar'
import { Field, FormProblem } from '../components/field'

/** How others see one. */
export function ProfileForm({ me }: { me: Me }) {
  const chat = useChat()
  const { run, isBusy, problem } = useAction(async (form: FormData) => {
    const bio = String(form.get('bio') ?? '').trim()
    const patch = { displayName: String(form.get('displayName') ?? '').trim(), bio: bio || null }
    chat.setMe(await chat.request<Me>('PATCH', '/v1/me', patch))
    notify('Saved.')
  })
  return (
    <section class="section" aria-labelledby="profile">
      <h2 id="profile">You</h2>
      <Picture me={me} />
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          run(new FormData(event.currentTarget as HTMLFormElement))
        }}
      >
        <Field
          label="Your name"
          name="displayName"
          required
          maxlength={64}
          defaultValue={me.displayName}
          autocomplete="name"
        />
        <Field label="About you" name="bio" rows={2} maxlength={500} defaultValue={me.bio ?? ''} />
        <FormProblem problem={problem} />
        <button type="submit" class="button button-primary" disabled={isBusy}>
          Save
        </button>
      </form>
    </section>
  )
}

function Picture({ me }: { me: Me }) {
  const chat = useChat()
  const picker = useRef<HTMLInputElement>(null)
  const setting = useAction(async (file: File) => {
    const headers = { 'Content-Type': file.type || 'application/octet-stream' }
    const { avatarUrl } = await chat.request<{ avatarUrl: string }>('PUT', '/v1/me/avatar', file, {
      headers,
    })
    chat.setMe({ ...me, avatarUrl })
  })
  const removal = useAction(async () => {
    await chat.request('DELETE', '/v1/me/avatar')
    chat.setMe({ ...me, avatarUrl: null })
  })
  return (
    <div class="picture-form">
      <Avatar id={me.id} name={me.displayName} url={me.avatarUrl} size="huge" />
      <div class="picture-actions">
        <p class="section-text">@{me.username}</p>
        <span>
          <button
            type="button"
            class="button button-small"
            disabled={setting.isBusy}
            onClick={() => picker.current?.click()}
          >
            {setting.isBusy ? 'Uploading …' : 'Choose a picture'}
          </button>
          {me.avatarUrl && (
            <button
              type="button"
              class="button button-quiet button-small"
              onClick={() => removal.run()}
            >
              Remove it
            </button>
          )}
        </span>
        <input
          ref={picker}
          type="file"
          hidden
          accept="image/*"
          aria-label="Picture"
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? []
            if (file) setting.run(file)
          }}
        />
        <FormProblem problem={setting.problem ?? removal.problem} />
      </div>
    </div>
  )
}
