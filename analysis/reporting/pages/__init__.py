"""An executed notebook as pages: `page`, its drawings and styles, the templates; `site` is the index."""
