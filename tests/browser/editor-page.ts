import { createClient } from '@chalkline/client-sdk';
import { DocumentProvider } from '@chalkline/client-sdk/yjs';
import { EditorView } from '@codemirror/view';
import { yCollab } from 'y-codemirror.next';

let view: EditorView | undefined;

/** A text editor of the Yjs world in a classroom: all that an app has to write. */
export async function showEditor({
  url,
  token,
  name,
}: {
  url: string;
  token: string;
  name: string;
}): Promise<void> {
  const classroom = createClient({ url, token: () => token }).classroom('math-101');
  const provider = new DocumentProvider(classroom, { document: 'notes' });
  provider.awareness.setLocalStateField('user', { name, color: '#2563eb' });
  view = edit(provider);
  provider.on('reset', () => {
    view?.destroy();
    view = edit(provider);
  });
  provider.on('status', (status) => (document.body.dataset.status = status));
  await classroom.join();
}

/** What the editor holds; in the page the others' cursors stand between the letters. */
export function shownText(): string {
  return view?.state.doc.toString() ?? '';
}

function edit({ doc, awareness }: DocumentProvider): EditorView {
  const text = doc.getText('text');
  return new EditorView({
    doc: text.toJSON(),
    extensions: [yCollab(text, awareness)],
    parent: document.body,
  });
}
