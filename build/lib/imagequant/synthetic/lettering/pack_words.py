"""Words on packs, banners and plates in several languages, and amounts on packs other than the net weight."""

from imagequant.core.records import Box
from imagequant.synthetic.lettering.amounts import number
from imagequant.synthetic.render.canvas import Canvas, Ink
from imagequant.synthetic.render.colours import mixed
from imagequant.synthetic.render.rng import Rng

# fmt: off
NET_WEIGHT = ("NET WT {}", "NET WT. {}", "Net Wt. {}", "NET WEIGHT {}", "Net weight: {}", "Net Weight {}", "NET WT: {}",
              "{}", "{}", "{}", "{}", "{} e", "{} ℮", "Poids net : {}", "POIDS NET {}", "Nettogewicht: {}",
              "Füllmenge: {}", "Inhalt: {}", "Peso neto {}", "PESO NETO: {}", "Contenido neto {}", "Peso netto {}",
              "Peso Líquido {}", "Net Ağırlık {}", "NET: {}", "Masa netto: {}", "Nettovikt {}", "Nettogewicht {} e",
              "Netto {}", "Gewicht: {}", "Weight: {}", "Net Qty: {}", "NET QUANTITY: {}", "Net content: {}")
NET_VOLUME = ("{}", "{}", "{}", "{}", "{} e", "{} ℮", "Net {}", "Inhalt {}", "Contenu {}", "Contenido: {}",
              "CONTENTS {}", "Net Vol. {}", "Volume: {}", "Contenuto {}", "Hacim {}", "Pojemność {}", "Net content: {}",
              "Net Contents: {}")
BRANDS = ("Alvora", "NORDLEAF", "Kestrel", "BioVita", "Terra & Co", "Lumina", "PURE ROOT", "Maravel", "Hofgarten",
          "Casa Verde", "Orbix", "Solenne", "FITPEAK", "Grandma Lou", "Zenith", "Ardent", "Velmora", "Primal",
          "Nutrisol", "AquaBelle", "DR. LINDEN", "Everglow", "Tundra", "Mondo")
FOODS = ("Green Tea", "Ground Coffee", "Almonds", "Dark Chocolate", "Oat Cookies", "Chia Seeds", "Basmati Rice",
         "Cumin Powder", "Protein Bar", "Granola", "Raspberry Jam", "Honey", "Sea Salt", "Pasta", "Earl Grey",
         "Fruchtgummi", "Mandeln", "Pfefferminztee", "Café moulu", "Biscuits", "Galletas", "Cacao puro", "Riso Arborio",
         "Zucchero", "Salted Peanuts", "Cat Food", "Dog Treats", "Bird Seed", "Washing Powder", "Bath Salt",
         "Whey Protein", "Creatine", "Mass Gainer", "Collagen Peptides", "Hibiscus", "Turmeric", "Popcorn",
         "Kürbiskerne", "Amandes grillées")
SPORT_FOODS = ("Energy Gel", "Protein Powder", "Whey Isolate", "Recovery Shake", "Energy Bar", "Protein Crisps",
               "Pre-Workout", "Meal Shake", "Vegan Protein", "Electrolyte Mix", "Protein Cookies", "Creatine",
               "Mass Gainer", "Iso Gel", "Protein Granola", "Hydration Powder")
LIQUIDS = ("Shampoo", "Body Lotion", "Olive Oil", "Hand Soap", "Lemon Juice", "Face Serum", "Conditioner", "Argan Oil",
           "Shower Gel", "Engine Oil", "Eau de Toilette", "Vinegar", "Apple Juice", "Maple Syrup", "Hair Mask",
           "Massage Oil", "Duschgel", "Gel douche", "Aceite de oliva", "Glass Cleaner", "Fabric Softener", "Tincture",
           "Mullein Leaf", "Cold Brew", "Sunscreen", "Micellar Water", "Nail Polish", "Wood Glue")
PILLS = ("Vitamin C", "Vitamin D3", "Magnesium", "Ashwagandha", "Omega-3", "Psyllium Husk", "Zinc", "Biotin",
         "L-Theanine", "Turmeric Curcumin", "Coenzyme Q10", "Melatonin", "Iron", "Glucosamine", "Milk Thistle",
         "Rhodiola", "Berberine", "Calcium", "MSM", "Taurine", "Saffron", "Paracetamol", "Ibuprofen", "Cetirizine",
         "Loratadine", "Aspirin", "Flea & Tick", "Dewormer")
FLAVOURS = ("Vanilla", "Strawberry", "Original", "Chocolate Flavour", "Lemon & Ginger", "Classic", "Mild",
            "Extra Strong", "Unscented", "Lavender", "Saveur Citron", "Geschmack Erdbeere", "Sabor Limón", "Coconut",
            "Salted Caramel", "Mango", "Aloe Vera", "Peppermint")
CLAIMS = ("100% Natural", "No Added Sugar", "Gluten Free", "VEGAN", "ORGANIC", "Non-GMO", "Premium Quality", "0% Fat",
          "Made in Italy", "Bio", "Dermatologically tested", "Sans conservateurs", "Ohne Zusätze", "Sin azúcar",
          "Rich in fibre", "Family Pack", "NEW", "With 12 vitamins", "30% MORE FREE", "2X Strength",
          "Best before 12/2026", "Lot 482910", "Keto Friendly", "5 Star Quality", "24h moisture", "Since 1983",
          "pH 5.5", "SPF 50+", "20g protein per serving", "120 kcal per 100 g", "per 100 ml: 45 kcal", "30 servings",
          "Serves 4", "High in Iron")
COUNTS = ("{n} Capsules", "{n} capsules", "{n} TABLETS", "{n} Tabletten", "{n} Kapseln", "{n} gélules", "{n} cápsulas",
          "{n} Softgels", "{n} Vegan Capsules", "{n} ct", "{n} Count", "{n} pcs", "{n} Tea Bags", "{n} sachets",
          "{n} Servings", "{n} Stück", "{n} adet", "{n} comprimés", "{n} comprimidos", "{n} compresse",
          "{n} Filmtabletten", "{n} chewable tablets")
LOADS = ("Holds up to {}", "MAX LOAD {}", "Max. {}", "Max {}", "Load Capacity : {}", "Weight Capacity: {}",
         "Weight Capacity {}", "WEIGHT CAPACITY\n{}", "{}\nLoad Capacity", "{}\nWeight Capacity", "{} Max Load",
         "Supports up to {}", "Belastbar bis {}", "Max. Belastung {}", "Tragkraft {}", "Charge max. {}",
         "Supporte jusqu'à {}", "Carga máxima {}", "Carico massimo {}", "Soporta hasta {}", "Portata {}", "Udźwig {}",
         "Maximum load: {}", "Maximum Weight {}", "User weight up to {}", "Load-bearing {}", "Bearing weight {}",
         "Capacité {}", "Rated Load: {}", "{} capacity", "Strong & stable: {}", "Max User Weight\n{}",
         "Maximum Load\n{}", "HEAVY DUTY {}", "Peso máximo {}")
FEATURES = ("Waterproof", "Easy to Clean", "Non-Slip", "Foldable", "Adjustable Height", "Easy Assembly",
            "2 Years Warranty", "BPA Free", "Eco Friendly", "Quick Charge", "Low Noise", "LED Display",
            "Remote Control", "IP65", "IP44", "360° Rotation", "Portable", "Rust Proof", "Soft Touch", "3 Modes",
            "Safe & Reliable", "High Quality", "Premium Material", "Long Lasting", "Auto Shut-Off", "Dishwasher Safe",
            "Energy Saving", "Lightweight", "Stainless Steel", "Breathable", "Anti-Scratch", "24h Support", "10 Hours",
            "5-Year Guarantee", "Up to 35 km", "Bluetooth 5.3")
HEADLINES = ("Strong and Durable", "Designed for You", "Sturdy Construction", "Powerful Performance",
             "Upgrade Your Home", "Why Choose Us?", "More Details", "Heavy Duty Steel", "Package Contents",
             "Stabil und sicher", "Puissant et rapide", "Alta calidad", "Product Information", "Perfect Gift",
             "Easy to Use", "Fast & Efficient", "Comfort All Day", "Built to Last", "Smart Design", "Great for Travel",
             "Advantages", "Multi-Purpose", "Safe for Kids")
_GRAMS = ("protein", "Protein", "PROTEIN", "sugar", "SUGARS", "fat", "fibre", "carbs", "BCAA", "net carbs", "collagen",
          "creatine", "Eiweiß", "Zucker", "protéines", "proteína", "EAA")
_MILLIGRAMS = ("caffeine", "sodium", "CAFFEINE", "Vitamin C", "potassium", "magnesium", "omega 3", "taurine", "Calcium")
_SERVINGS = ("Serving size {} g", "{}g per serving", "Drained weight {} g", "Abtropfgewicht {} g", "per {} g portion",
             "{} g per scoop", "Portion: {} g")
# fmt: on


def strip_cells(rng: Rng, count: int) -> tuple[tuple[str, str], ...]:
    """Return values and names for a nutrition strip: ``150`` ``calories``, ``20 g`` ``protein``."""
    cells = [(f"{rng.integer(2, 60) * 10}", rng.pick(("calories", "Calories", "kcal", "CAL")))]
    cells += [(_grams(rng), name) for name in rng.sample(_GRAMS, 3)]
    cells += [(_milligrams(rng), name) for name in rng.sample(_MILLIGRAMS, 2)]
    return tuple(rng.sample(cells, count))


def draw_strip(rng: Rng, layer: Canvas, frame: Box, ink: Ink, cells: tuple[tuple[str, str], ...]) -> None:
    """Draw cells side by side, each with a value above its name, sometimes in a box."""
    boxed = rng.chance(0.5)
    large, small = ink.sized(frame.height * 0.42), ink.sized(max(frame.height * 0.28, 5.0))
    for position, (value, name) in enumerate(cells):
        cell = frame.inner(position / len(cells), 0.0, (position + 1) / len(cells), 1.0)
        if boxed:
            layer.outline(cell.inner(0.04, 0.0, 0.96, 1.0), mixed(ink.colour, (128, 128, 128), 0.4), 1.0)
        layer.text(cell.at(0.5, 0.34), value, large, width=cell.width * 0.86)
        layer.text(cell.at(0.5, 0.76), name, small, width=cell.width * 0.86)


def dose_lines(rng: Rng, count: int) -> tuple[str, ...]:
    """Return doses as lines of text: ``200 mg caffeine``, ``Serving size 30 g``."""
    lines = []
    for _ in range(count):
        if rng.chance(0.3):
            serving = rng.pick(_SERVINGS)
            lines.append(serving.format(rng.pick((5, 10, 12.5, 15, 25, 30, 33, 40, 50, 60, 100, 120, 150))))
        else:
            amount, names = (_grams, _GRAMS) if rng.chance(0.5) else (_milligrams, _MILLIGRAMS)
            value, name = amount(rng), rng.pick(names)
            lines.append(f"{value} {name}" if rng.chance(0.7) else f"{name} {value}")
    return tuple(lines)


def _grams(rng: Rng) -> str:
    value = rng.weighted(((float(rng.integer(0, 35)), 4), (rng.integer(1, 150) / 10, 1)))
    return number(value) + rng.pick(("g", "g", " g", "G"))


def _milligrams(rng: Rng) -> str:
    value = rng.pick((20, 40, 50, 60, 75, 80, 90, 100, 120, 150, 160, 200, 240, 250, 300, 400, 500, 1000))
    return f"{value}{rng.pick(('mg', ' mg', 'MG', ' mg', 'mcg'))}"
