"""How scripts, styles and icons are kept for the browser."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # has no types
    """Under names with their digest, also where one script imports another: under two names it
    would be two scripts, and run twice."""

    support_js_module_import_aggregation = True
