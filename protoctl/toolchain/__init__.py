"""The lock, the files of build/, and the installed toolchain; nothing is run on protos here."""
