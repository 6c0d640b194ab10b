interface Entry {
  image: HTMLImageElement;
  state: 'loading' | 'ready' | 'failed';
  /** Its server does not let it be read back: it is shown, but a picture that holds it could not be saved. */
  isTainted: boolean;
}

/** The pictures of a board, each loaded once. */
export class ImageCache {
  readonly #entries = new Map<string, Entry>();
  readonly #changed: (url: string) => void;

  /** `changed` hears of each picture that came or failed. */
  constructor(changed: (url: string) => void) {
    this.#changed = changed;
  }

  /** The picture once it is there; asks for it if nobody has. */
  get(url: string): HTMLImageElement | undefined {
    const entry = this.#entries.get(url) ?? this.#load(url);
    return entry.state === 'ready' ? entry.image : undefined;
  }

  isTainted(url: string): boolean {
    return this.#entries.get(url)?.isTainted ?? false;
  }

  /** Resolves once each of them came or failed. */
  async loaded(urls: Iterable<string>): Promise<void> {
    for (const url of urls) {
      const { image, state } = this.#entries.get(url) ?? this.#load(url);
      if (state !== 'loading') continue;
      await new Promise<void>((resolve) => {
        const look = () => {
          if (this.#entries.get(url)?.state !== 'loading') resolve();
        };
        image.addEventListener('load', look);
        image.addEventListener('error', look);
      });
    }
  }

  #load(url: string): Entry {
    const image = new Image();
    const entry: Entry = { image, state: 'loading', isTainted: false };
    this.#entries.set(url, entry);
    const settle = (state: 'ready' | 'failed') => {
      entry.state = state;
      this.#changed(url);
    };
    image.referrerPolicy = 'no-referrer';
    image.crossOrigin = 'anonymous';
    image.onload = () => settle('ready');
    image.onerror = () => {
      // A server that knows no CORS still gives the picture to look at.
      if (image.crossOrigin === null) settle('failed');
      else {
        entry.isTainted = true;
        image.crossOrigin = null;
        image.src = url;
      }
    };
    image.src = url;
    return entry;
  }
}
