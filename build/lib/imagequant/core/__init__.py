"""What every package uses: errors, the values packages pass to each other, files, locations."""
