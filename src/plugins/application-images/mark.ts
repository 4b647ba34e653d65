// Pure: the mark of this server as a file, for whoever asks for a logo where none was put up: a pocket with a keyhole.

export const mark =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="512" height="512"><defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#5b5bf0"/><stop offset="1" stop-color="#a04ff0"/></linearGradient></defs><path d="M5 3h22a2 2 0 0 1 2 2v11a13 13 0 0 1-26 0V5a2 2 0 0 1 2-2Z" fill="url(#a)"/><path d="M16 12a3.2 3.2 0 0 1 1.7 5.9l.9 4.6h-5.2l.9-4.6A3.2 3.2 0 0 1 16 12Z" fill="#fff"/></svg>'
