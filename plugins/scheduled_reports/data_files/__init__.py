"""What files of data are made of, whatever their format: columns, records, encodings, compression."""
